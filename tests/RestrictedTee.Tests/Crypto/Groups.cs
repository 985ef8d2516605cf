namespace RestrictedTee.Tests.Crypto;

/// <summary>Groups that keys are made in: one of DSA with 1024 bits and a subgroup of 224, made for this, and group 14 of RFC 3526.</summary>
internal static class Groups
{
    internal static readonly byte[] DsaPrime = Convert.FromHexString(
        "d14685940474716b8e88eb426e613350a2b99ed7cbcf687c631823875846b3edcf84e04558d92a30354aecfe025778ea1ece4c9c2e16ae916ed0f50115fc319b" +
        "884964770574013b17a8ebec59b0e647b2494f1fd8f2b2804bd7ae3c4fc8fa008f9be1f553490157fd863d5a7e4456e920e3a1d06610c17b15c835b99eecd14d");

    internal static readonly byte[] DsaSubprime = Convert.FromHexString(
        "84850c903a562e8d66e9d2ef6c8dfc2fef527b46a51bee54efbc6e7b");

    internal static readonly byte[] DsaBase = Convert.FromHexString(
        "3fb896e325f66535036ab25d3797e8302cedfd032a5b430fbdb559595ddcc65ba29f72b99db142836110211755fa6146f73a214699db62dfc76c85f154cedcb3" +
        "1a0f3da93611e17d67bf9567b2ec95b459ca51919e7537470a97f28407e55fa1f02334d720e3037356577c884c62cb748ca5b3216fd3f7caf7441d8d89fcdbba");

    internal static readonly byte[] DhPrime = Convert.FromHexString(
        "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437" +
        "4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf05" +
        "98da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b" +
        "e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa051015728e5a8aacaa68ffffffffffffffff");
}

using RestrictedTee.Sdk;
using RestrictedTee.SecureWorld.Crypto.Schemes;
using RestrictedTee.SecureWorld.Interop;

namespace RestrictedTee.SecureWorld.Crypto.OpenSsl;

/// <summary>RSA encryption of the system's libcrypto.</summary>
internal sealed class OpenSslRsaCipher : AsymmetricCipherEngine
{
    private readonly RsaEncryption _scheme;
    private EvpKeyHandle? _key;
    private byte[] _modulus = [];

    private OpenSslRsaCipher(RsaEncryption scheme) => _scheme = scheme;

    internal static Provider<AsymmetricCipherEngine> Provider(RsaEncryption scheme) =>
        new("OpenSSL", () => LibCrypto.HasParameters, _ => new OpenSslRsaCipher(scheme));

    internal override int MaxSizeOf(int source, OperationMode mode) => _modulus.Length;

    internal override bool SetKey(KeyMaterial key)
    {
        Forget();
        _key = OpenSslKey.Import(key);
        _modulus = key[AttributeId.RsaModulus].ToArray();
        return _key is not null;
    }

    internal override TeeResult Encrypt(AttributeReader parameters, ReadOnlySpan<byte> source, Span<byte> destination, out int size) =>
        Operate(LibCrypto.Work.Encrypt, parameters, source, destination, out size) ? TeeResult.Success : TeeResult.BadParameters;

    internal override TeeResult Decrypt(AttributeReader parameters, ReadOnlySpan<byte> source, Span<byte> destination, out int size)
    {
        size = 0;
        if (_scheme.Padding != RsaPadding.None && source.Length != _modulus.Length)
            return TeeResult.BadParameters;
        if (!RsaRules.IsBelow(source, _modulus) || !_scheme.TryGetParameters(parameters, out _, out _))
            return TeeResult.BadParameters;
        return Operate(LibCrypto.Work.Decrypt, parameters, source, destination, out size) ? TeeResult.Success : TeeResult.CiphertextInvalid;
    }

    internal override void Forget()
    {
        _key?.Dispose();
        (_key, _modulus) = (null, []);
    }

    private bool Operate(LibCrypto.Work work, AttributeReader parameters, ReadOnlySpan<byte> source, Span<byte> destination, out int size)
    {
        size = 0;
        if (!_scheme.TryGetParameters(parameters, out ReadOnlySpan<byte> label, out TeeAlgorithm maskHash))
            return false;
        using var list = new ParameterList(512 + label.Length);
        list.Text("pad-mode", _scheme.Padding switch { RsaPadding.None => "none", RsaPadding.Pkcs1 => "pkcs1", _ => "oaep" });
        if (_scheme.Padding == RsaPadding.Pkcs1)
            list.Number("implicit-rejection", 0); // 3.2 and later would tell random bytes for what is wrong
        if (_scheme.Padding == RsaPadding.Oaep)
            list.Text("digest", HashNames.Of(_scheme.Hash).Name).Text("mgf1-digest", HashNames.Of(maskHash).Name);
        if (!label.IsEmpty)
            list.Bytes("oaep-label", label);
        using EvpKeyContextHandle? context = LibCrypto.Start(_key!, work, list);
        if (context is null)
            return false;
        size = _scheme.Padding == RsaPadding.None ? OperateOnNumber(context, work, source, destination) : LibCrypto.Operate(context, work, source, destination);
        return size >= 0;
    }

    private int OperateOnNumber(EvpKeyContextHandle context, LibCrypto.Work work, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        source = source.TrimStart((byte)0);
        if (!RsaRules.IsBelow(source, _modulus))
            return -1;
        Span<byte> number = stackalloc byte[_modulus.Length];
        number.Clear();
        source.CopyTo(number[^source.Length..]);
        int size = LibCrypto.Operate(context, work, number, destination);
        number.Clear();
        return size < 0 ? size : RsaEncryption.TrimNumber(destination[..size]);
    }
}

using RestrictedTee.Sdk;

namespace RestrictedTee.Tests.Crypto;

/// <summary>Invariant 3 in cryptography: memory that somebody else writes to meanwhile is what it was at one time, and not two things at once.</summary>
public sealed class ChangingMemoryTests
{
    private const int Size = 64 * 1024;
    private const int Rounds = 500; // where memory is read twice, each is hit with a good chance

    [Fact]
    public void A_message_that_changes_while_it_is_signed_gets_the_signature_of_what_it_was() => SdkThread.Run(() =>
    {
        using TransientObject pair = TransientObject.Allocate(ObjectType.Ed25519KeyPair, 256);
        pair.GenerateKey(256);
        using AsymmetricOperation signer = AsymmetricOperation.Allocate(TeeAlgorithm.Ed25519, OperationMode.Sign, 256);
        signer.SetKey(pair);
        byte[] message = new byte[Size], signature = new byte[64], ofOne = new byte[64], ofOther = new byte[64];
        signer.SignDigest(message, ofOne);
        signer.SignDigest([1, .. new byte[Size - 1]], ofOther);

        // Whose first half is one message's and whose second half is the other's is a valid signature, and with that of the one it tells the key.
        using (new Flipping(message))
        {
            for (int round = 0; round < Rounds; round++)
            {
                signer.SignDigest(message, signature);

                Assert.True(signature.AsSpan().SequenceEqual(ofOne) || signature.AsSpan().SequenceEqual(ofOther), $"The signature of round {round} is of two messages at once.");
            }
        }
    });

    [Fact]
    public void What_is_decrypted_of_memory_that_changes_is_what_the_tag_is_of() => SdkThread.Run(() =>
    {
        using TransientObject key = TransientObject.Allocate(ObjectType.Aes, 256);
        key.GenerateKey(256);
        using AeOperation encryption = AeOperation.Allocate(TeeAlgorithm.AesGcm, OperationMode.Encrypt, 256), decryption = AeOperation.Allocate(TeeAlgorithm.AesGcm, OperationMode.Decrypt, 256);
        encryption.SetKey(key);
        decryption.SetKey(key);
        byte[] plain = new byte[Size], ciphertext = new byte[Size], opened = new byte[Size], tag = new byte[16], nonce = new byte[12];
        encryption.Init(nonce, 128);
        encryption.EncryptFinal(plain, ciphertext, tag);

        using (new Flipping(ciphertext))
        {
            for (int round = 0; round < Rounds * 6; round++)
            {
                decryption.Init(nonce, 128);
                bool isRight = decryption.TryDecryptFinal(ciphertext, opened, out _, tag) == TeeResult.Success;

                Assert.True(!isRight || opened.AsSpan().SequenceEqual(plain), $"In round {round} the tag was of another message than was decrypted.");
            }
        }
    });

    [Fact]
    public void A_tag_is_of_what_was_encrypted_whatever_becomes_of_it_in_memory_that_others_write_to() => SdkThread.Run(() =>
    {
        using TransientObject key = TransientObject.Allocate(ObjectType.Aes, 256);
        key.GenerateKey(256);
        using AeOperation encryption = AeOperation.Allocate(TeeAlgorithm.AesGcm, OperationMode.Encrypt, 256);
        encryption.SetKey(key);
        byte[] plain = new byte[Size], ciphertext = new byte[Size], expected = new byte[16], tag = new byte[16], nonce = new byte[12];
        encryption.Init(nonce, 128);
        encryption.EncryptFinal(plain, ciphertext, expected);

        using (new Flipping(ciphertext))
        {
            for (int round = 0; round < Rounds * 6; round++)
            {
                encryption.Init(nonce, 128);
                encryption.EncryptFinal(plain, ciphertext, tag);

                Assert.Equal(expected, tag);
            }
        }
    });

    /// <summary>Writes to the first byte of memory for as long as it lives: what was there, with a bit and without.</summary>
    private sealed class Flipping : IDisposable
    {
        private readonly Thread _thread;
        private bool _ends;

        internal Flipping(byte[] memory)
        {
            byte first = memory[0];
            _thread = new Thread(() =>
            {
                while (!Volatile.Read(ref _ends))
                {
                    Volatile.Write(ref memory[0], (byte)(first ^ 1));
                    Thread.SpinWait(10);
                    Volatile.Write(ref memory[0], first);
                    Thread.SpinWait(10);
                }
            });
            _thread.Start();
            SpinWait.SpinUntil(() => Volatile.Read(ref memory[0]) != first);
        }

        public void Dispose()
        {
            Volatile.Write(ref _ends, true);
            _thread.Join();
        }
    }
}

using RestrictedTee.Sdk;

namespace RestrictedTee.Tests.Crypto;

/// <summary>What becomes of the handles of operations and of their keys.</summary>
public sealed class OperationHandleTests
{
    [Fact]
    public void The_handle_of_a_key_ends_with_its_operation()
    {
        TeeResult before = default, after = default, populated = default;

        SdkThread.Run(() =>
        {
            Assert.Equal(TeeResult.Success, Utee.CrypObjAlloc(ObjectType.Aes, 128, out uint key));
            Assert.Equal(TeeResult.Success, Utee.CrypStateAlloc(TeeAlgorithm.AesCtr, OperationMode.Encrypt, key, 0, out uint operation));
            before = Utee.CrypObjGetInfo(key, out _);
            Assert.Equal(TeeResult.Success, Utee.CrypStateFree(operation));
            after = Utee.CrypObjGetInfo(key, out _);
            populated = Utee.CrypObjPopulate(key, []);
        });

        Assert.Equal((TeeResult.Success, TeeResult.BadParameters, TeeResult.ItemNotFound), (before, after, populated));
    }
}

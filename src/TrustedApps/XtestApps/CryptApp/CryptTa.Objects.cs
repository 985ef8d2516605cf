using RestrictedTee.Contracts;
using RestrictedTee.Sdk;

namespace RestrictedTee.TrustedApps.XtestApps.CryptApp;

/// <summary>Transient objects.</summary>
public sealed partial class CryptTa
{
    [Command(Crypt.CommandAllocateTransientObject)]
    public void AllocateTransientObject(ValueInput what, ValueOutput made) =>
        made.A = _objects.Add(TransientObject.Allocate((ObjectType)what.A, Size(what.B))) + 1;

    /// <summary>A null handle is let pass (GPD_SPE_010 section 5.6.2).</summary>
    [Command(Crypt.CommandFreeTransientObject)]
    public void FreeTransientObject(ValueInput number)
    {
        ObjectOrNull(number.A)?.Dispose();
        if (number.A != 0)
            _objects.Remove(number.A - 1);
    }

    /// <summary>As <see cref="FreeTransientObject"/>.</summary>
    [Command(Crypt.CommandResetTransientObject)]
    public void ResetTransientObject(ValueInput number) => ObjectOrNull(number.A)?.Reset();

    [Command(Crypt.CommandPopulateTransientObject)]
    public void PopulateTransientObject(ValueInput number, MemrefInput attributes)
    {
        TransientObject populated = Object(number.A);
        using AttributeList list = PackedAttributes.Unpack(attributes);
        populated.Populate(list);
    }

    [Command(Crypt.CommandCopyObjectAttributes)]
    public void CopyObjectAttributes(ValueInput numbers) => Object(numbers.A).CopyAttributesFrom(Object(numbers.B));

    [Command(Crypt.CommandGenerateKey)]
    public void GenerateKey(ValueInput number, MemrefInput parameters)
    {
        TransientObject generated = Object(number.A);
        using AttributeList list = PackedAttributes.Unpack(parameters);
        generated.GenerateKey(Size(number.B), list);
    }

    [Command(Crypt.CommandGetObjectBufferAttribute)]
    public TeeResult GetObjectBufferAttribute(ValueInput number, MemrefOutput value)
    {
        TeeResult result = Object(number.A).TryGetBufferAttribute((AttributeId)number.B, value.Span, out int size);
        if (result != TeeResult.ItemNotFound)
            value.Size = size;
        return result;
    }

    [Command(Crypt.CommandGetObjectValueAttribute)]
    public void GetObjectValueAttribute(ValueInput number, ValueOutput value) =>
        (value.A, value.B) = Object(number.A).GetValueAttribute((AttributeId)number.B);

    private TransientObject? ObjectOrNull(uint number) => number == 0 ? null : Object(number);

    private TransientObject Object(uint number)
    {
        TransientObject? found = number == 0 ? null : _objects.Find(number - 1);
        if (found is null)
            PanicOfHandle();
        return found;
    }
}

using System.Runtime.InteropServices;
using RestrictedTee.Contracts;
using RestrictedTee.NormalWorld.Supplicant;
using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.Xtest;

/// <summary>The plug-in that xtest brings along for the supplicant (host/supp_plugin/test_supp_plugin.c upstream), which looks at the sizes that it is given.</summary>
public sealed class TestPlugin : ISupplicantPlugin
{
    private static ReadOnlySpan<byte> Text => "Array from plugin\0"u8;

    /// <inheritdoc/>
    public Guid Uuid => SuppPlugin.Plugin.Uuid;

    /// <inheritdoc/>
    public TeecResult Invoke(uint command, uint subCommand, Span<byte> data, out int size)
    {
        size = 0;
        switch (command)
        {
            case SuppPlugin.Plugin.CommandPing:
                return TeecResult.Success;
            case SuppPlugin.Plugin.CommandPassValues:
                Span<uint> numbers = MemoryMarshal.Cast<byte, uint>(data);
                if (numbers.Length < 2)
                    return TeecResult.BadParameters;
                numbers[0] = subCommand == '+' ? unchecked(numbers[0] + numbers[1]) : unchecked(numbers[0] - numbers[1]);
                size = sizeof(uint);
                return TeecResult.Success;
            case SuppPlugin.Plugin.CommandWriteArray:
                if (data.IsEmpty)
                    return TeecResult.BadParameters;
                byte sum = 0;
                foreach (byte b in data)
                    sum = unchecked((byte)(sum + b));
                data[0] = sum;
                size = sizeof(byte);
                return TeecResult.Success;
            case SuppPlugin.Plugin.CommandGetArray:
                if (!Text.TryCopyTo(data))
                    return TeecResult.Generic;
                size = Text.Length;
                return TeecResult.Success;
            default:
                return TeecResult.NotSupported;
        }
    }
}

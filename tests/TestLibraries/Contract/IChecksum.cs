using System;

namespace RestrictedTee.TestContract;

/// <summary>What the TA and its libraries agree on.</summary>
public interface IChecksum
{
    uint Of(ReadOnlySpan<byte> data);
}

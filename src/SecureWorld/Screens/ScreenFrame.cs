using System.Runtime.InteropServices;
using RestrictedTee.SecureWorld.SecretMemory;

namespace RestrictedTee.SecureWorld.Screens;

/// <summary>A picture on its way to the file, in memory of its own that only this process maps. One thread at a time has it.</summary>
internal sealed class ScreenFrame : IDisposable
{
    private readonly SecretMapping _memory;

    /// <exception cref="IOException">There is no such memory.</exception>
    internal ScreenFrame(int width, int height, SecretMemoryChoice choice)
    {
        (Width, Height) = (width, height);
        int pages = ((width * height * sizeof(uint)) + Environment.SystemPageSize - 1) / Environment.SystemPageSize;
        _memory = SecretMapping.Create(pages * Environment.SystemPageSize, choice);
    }

    internal int Width { get; }

    internal int Height { get; }

    /// <summary>Where the pixels begin, for the encoder.</summary>
    internal nint Address => _memory.Address;

    /// <summary>Takes a line of the screen.</summary>
    internal void Take(int line, ReadOnlySpan<uint> pixels) => pixels.CopyTo(MemoryMarshal.Cast<byte, uint>(_memory.Span).Slice(line * Width, Width));

    /// <summary>Forgets the picture.</summary>
    internal void Wipe() => _memory.Span.Clear();

    /// <summary>Forgets the picture, and gives the memory back.</summary>
    public void Dispose() => _memory.Dispose();
}

using RestrictedTee.NormalWorld.Uapi;

namespace RestrictedTee.NormalWorld.Supplicant;

/// <summary>
/// A plug-in of the supplicant: a part of the program that has the TEE, which trusted applications can call (plugin_method in OP-TEE/optee_client
/// tee-supplicant/src/tee_plugin_method.h). Each application that finds it by its UUID can call it.
/// </summary>
public interface ISupplicantPlugin
{
    /// <summary>By which it is called.</summary>
    Guid Uuid { get; }

    /// <summary>Carries out a command. Each has a thread of its own, so that several may be under way at once.</summary>
    /// <param name="command">Which.</param>
    /// <param name="subCommand">What else the caller says.</param>
    /// <param name="data">What the caller gives, a copy of it; what is here afterwards it gets back. None, or at least one byte.</param>
    /// <param name="size">How many bytes of it are the answer, or would be if there were room.</param>
    /// <returns>What the caller is told. An exception is TEEC_ERROR_GENERIC, and a line in the log.</returns>
    TeecResult Invoke(uint command, uint subCommand, Span<byte> data, out int size);
}

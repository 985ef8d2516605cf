using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto.Schemes;

/// <summary>What an SM2 key exchange is told of the other side (get_sm2_kep_params in core/tee/tee_svc_cryp.c upstream).</summary>
internal ref struct Sm2ExchangeParameters
{
    private uint _found;

    internal bool IsInitiator { get; private set; }

    internal ReadOnlySpan<byte> X { get; private set; }

    internal ReadOnlySpan<byte> Y { get; private set; }

    internal ReadOnlySpan<byte> EphemeralX { get; private set; }

    internal ReadOnlySpan<byte> EphemeralY { get; private set; }

    internal ReadOnlySpan<byte> Initiator { get; private set; }

    internal ReadOnlySpan<byte> Responder { get; private set; }

    /// <summary>What the other side has confirmed; empty where it has not.</summary>
    internal ReadOnlySpan<byte> ConfirmationIn { get; private set; }

    /// <summary>Where what this side confirms is to be written; empty where nobody asks.</summary>
    internal ReadOnlySpan<byte> ConfirmationOut { get; private set; }

    /// <summary>An initiator can confirm after the responder has; a responder by itself.</summary>
    internal readonly bool HasConfirmation => !ConfirmationIn.IsEmpty || (!IsInitiator && !ConfirmationOut.IsEmpty);

    /// <returns>Whether all is there that must be, and nothing else.</returns>
    internal static bool TryRead(AttributeReader parameters, out Sm2ExchangeParameters found)
    {
        const uint All = 0x7F;
        found = default;
        while (parameters.Read())
        {
            if (!found.Take(parameters))
                return false;
        }

        return (found._found & All) == All;
    }

    private bool Take(AttributeReader parameter)
    {
        // Upstream takes the numbers of HKDF's salt and info for the ephemeral point too, which it had by mistake once.
        switch (parameter.Id)
        {
            case AttributeId.Sm2KepUser:
                (IsInitiator, _found) = (parameter.A == 0, _found | 1);
                break;
            case AttributeId.EccPublicValueX:
                X = parameter.Content;
                _found |= 2;
                break;
            case AttributeId.EccPublicValueY:
                Y = parameter.Content;
                _found |= 4;
                break;
            case AttributeId.EccEphemeralPublicValueX or AttributeId.HkdfSalt:
                EphemeralX = parameter.Content;
                _found |= 8;
                break;
            case AttributeId.EccEphemeralPublicValueY or AttributeId.HkdfInfo:
                EphemeralY = parameter.Content;
                _found |= 16;
                break;
            case AttributeId.Sm2IdInitiator:
                Initiator = parameter.Content;
                _found |= 32;
                break;
            case AttributeId.Sm2IdResponder:
                Responder = parameter.Content;
                _found |= 64;
                break;
            case AttributeId.Sm2KepConfirmationIn:
                ConfirmationIn = parameter.Content;
                break;
            case AttributeId.Sm2KepConfirmationOut:
                ConfirmationOut = parameter.Content;
                break;
            default:
                return false;
        }

        return true;
    }
}

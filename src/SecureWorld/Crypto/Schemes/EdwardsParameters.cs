using RestrictedTee.Sdk;

namespace RestrictedTee.SecureWorld.Crypto.Schemes;

/// <summary>Which form of a signature on an Edwards curve is meant (RFC 8032 section 5.1; GPD_SPE_010 table 6-8).</summary>
internal readonly ref struct EdwardsParameters
{
    private const int MaxContext = 255;

    private EdwardsParameters(bool isPrehashed, ReadOnlySpan<byte> context)
    {
        IsPrehashed = isPrehashed;
        Context = context;
    }

    /// <summary>Whether a digest of the message is signed; it is made here, as upstream does.</summary>
    internal bool IsPrehashed { get; }

    /// <summary>The context; empty for none.</summary>
    internal ReadOnlySpan<byte> Context { get; }

    /// <returns>Whether the parameters are of a form that there is.</returns>
    internal static bool TryRead(AttributeReader parameters, out EdwardsParameters form)
    {
        bool isPrehashed = false, hasContext = false, isRight = true;
        ReadOnlySpan<byte> context = [];
        while (parameters.Read())
        {
            switch (parameters.Id)
            {
                case AttributeId.EddsaPrehash:
                    isRight &= parameters.A <= 1 && parameters.B == 0;
                    isPrehashed = parameters.A == 1;
                    break;
                case AttributeId.EddsaContext:
                    isRight &= !hasContext && parameters.Content.Length <= MaxContext;
                    context = parameters.Content;
                    hasContext = true;
                    break;
                default:
                    isRight = false;
                    break;
            }
        }

        form = new EdwardsParameters(isPrehashed, context);
        return isRight;
    }
}

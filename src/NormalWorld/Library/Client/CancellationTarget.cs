namespace RestrictedTee.NormalWorld.Client;

/// <summary>A request that was under way when it was looked at; nothing else is cancelled in its place when it has ended since.</summary>
/// <param name="Context">Its context; null when there was none.</param>
/// <param name="Session">Its session; 0 on the way to one.</param>
/// <param name="CancelId">Its number, which no other request gets.</param>
internal readonly record struct CancellationTarget(TeeContext? Context, uint Session, uint CancelId)
{
    internal void Cancel() => Context?.Cancel(CancelId, Session);
}

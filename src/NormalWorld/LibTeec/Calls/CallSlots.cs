namespace RestrictedTee.LibTeec.Calls;

/// <summary>As many slots as calls have ever been under way at once.</summary>
internal static class CallSlots
{
    private static readonly object Lock = new(); // protects All and Free; a leaf
    private static readonly List<CallSlot> All = [];
    private static readonly Stack<CallSlot> Free = new();

    internal static CallSlot Rent()
    {
        lock (Lock)
        {
            if (Free.TryPop(out CallSlot? free))
                return free;
            var made = new CallSlot(All.Count + 1); // a structure of zeros names none
            All.Add(made);
            return made;
        }
    }

    internal static void Return(CallSlot slot)
    {
        lock (Lock)
            Free.Push(slot);
    }

    /// <summary>Cancels the call of that name, if it is under way.</summary>
    internal static void Cancel(long name)
    {
        CallSlot slot;
        lock (Lock)
        {
            long index = (name >> 32) - 1;
            if (index < 0 || index >= All.Count)
                return;
            slot = All[(int)index];
        }

        slot.Cancel(unchecked((uint)name));
    }
}

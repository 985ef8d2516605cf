using RestrictedTee.SmcTransport.Abi.Ffa;

namespace RestrictedTee.Tests.Ffa;

/// <summary>
/// What must be true of memory that is donated, lent and shared, as simply as it can be said: endpoint 0 is the normal world,
/// the others are partitions. It knows pages and transactions, and nothing of registers, descriptors or mappings.
/// </summary>
internal sealed class OwnershipModel
{
    internal enum Kind
    {
        Share,
        Lend,
        Donate,
    }

    /// <summary>A page: who owns it, which transaction it is in, what is in it, and what the normal world's own mapping shows.</summary>
    internal sealed class Page
    {
        internal int Owner { get; set; }

        internal Transaction? In { get; set; }

        internal byte Content { get; set; }

        /// <summary>The page is of normal RAM, and its content has moved out of it.</summary>
        internal bool IsMoved { get; set; }

        internal byte BankView { get; set; }

        internal required bool IsNormalRam { get; init; }
    }

    internal sealed class Transaction
    {
        internal required Kind Kind { get; init; }

        internal required int Sender { get; init; }

        internal required bool Zero { get; init; }

        internal required (int Receiver, bool ReadWrite)[] Offers { get; init; }

        internal required int[] Pages { get; init; }

        internal bool IsAlive { get; set; } = true;

        internal bool ZeroAfter { get; set; }

        internal Dictionary<int, int> Retrieved { get; } = [];

        internal Dictionary<int, bool> Writable { get; } = [];

        internal bool IsOffered(int endpoint) => Offers.Any(offer => offer.Receiver == endpoint);
    }

    internal OwnershipModel(int endpoints, int pagesEach)
    {
        Pages = [.. Enumerable.Range(0, endpoints).SelectMany(owner => Enumerable.Range(0, pagesEach).Select(_ => new Page { Owner = owner, IsNormalRam = owner == 0 }))];
    }

    internal Page[] Pages { get; }

    internal FfaStatus Send(Kind kind, int sender, int[] pages, (int Receiver, bool ReadWrite)[] offers, bool zero, out Transaction? sent)
    {
        sent = null;
        if (zero && kind == Kind.Share)
            return FfaStatus.InvalidParameters;
        if (kind == Kind.Donate && offers.Length != 1)
            return FfaStatus.InvalidParameters;
        for (int i = 0; i < offers.Length; i++)
        {
            if (offers[i].Receiver == sender || offers[..i].Any(other => other.Receiver == offers[i].Receiver))
                return FfaStatus.InvalidParameters;
            if (offers[i].Receiver == 0)
                return FfaStatus.Denied;
        }

        // Pages are looked at in their order: the first that is wrong says how.
        for (int i = 0; i < pages.Length; i++)
        {
            if (Array.IndexOf(pages, pages[i]) < i)
                return FfaStatus.InvalidParameters;
            if (Pages[pages[i]].Owner != sender || Pages[pages[i]].In is not null)
                return FfaStatus.Denied;
        }

        sent = new Transaction { Kind = kind, Sender = sender, Zero = zero, Offers = offers, Pages = pages };
        foreach (int index in pages)
        {
            Page page = Pages[index];
            page.In = sent;
            if (kind == Kind.Share)
                continue;
            if (sender == 0)
                (page.IsMoved, page.Content, page.BankView) = (true, zero ? (byte)0 : page.Content, 0);
            else if (zero)
                page.Content = 0;
        }

        return FfaStatus.Success;
    }

    internal FfaStatus Retrieve(Transaction transaction, int caller, bool wantsWrite, bool bypass, bool zeroAfter)
    {
        if (!transaction.IsAlive || !transaction.IsOffered(caller))
            return FfaStatus.InvalidParameters;
        if (zeroAfter && transaction.Kind == Kind.Share)
            return FfaStatus.InvalidParameters;
        if (bypass == (transaction.Offers.Length == 1))
            return FfaStatus.InvalidParameters; // the only one has nobody to leave out; one of several is asked for alone
        bool offered = transaction.Kind == Kind.Donate || transaction.Offers.First(offer => offer.Receiver == caller).ReadWrite;
        if (wantsWrite && !offered)
            return FfaStatus.Denied;
        if (zeroAfter && !wantsWrite)
            return FfaStatus.Denied;
        transaction.ZeroAfter |= zeroAfter;
        if (transaction.Kind == Kind.Donate)
        {
            transaction.IsAlive = false;
            foreach (int index in transaction.Pages)
                (Pages[index].Owner, Pages[index].In) = (caller, null);
            return FfaStatus.Success;
        }

        transaction.Retrieved[caller] = transaction.Retrieved.GetValueOrDefault(caller) + 1;
        transaction.Writable[caller] = wantsWrite;
        return FfaStatus.Success;
    }

    internal FfaStatus Relinquish(Transaction transaction, int caller, bool zero)
    {
        if (!transaction.IsAlive || !transaction.IsOffered(caller) || (zero && transaction.Kind == Kind.Share))
            return FfaStatus.InvalidParameters;
        if (transaction.Retrieved.GetValueOrDefault(caller) == 0 || (zero && !transaction.Writable[caller]))
            return FfaStatus.Denied;
        transaction.Retrieved[caller]--;
        if ((zero || transaction.ZeroAfter) && transaction.Retrieved.Values.All(count => count == 0))
            Clear(transaction);
        return FfaStatus.Success;
    }

    internal FfaStatus Reclaim(Transaction transaction, int caller, bool zero)
    {
        if (!transaction.IsAlive || transaction.Sender != caller)
            return FfaStatus.InvalidParameters;
        if (transaction.Retrieved.Values.Any(count => count != 0))
            return FfaStatus.Denied;
        if (zero)
            Clear(transaction);
        transaction.IsAlive = false;
        foreach (int index in transaction.Pages)
        {
            Page page = Pages[index];
            page.In = null;
            // What comes back to the normal world comes back clean.
            if (page.IsMoved && transaction.Sender == 0)
                (page.IsMoved, page.Content, page.BankView) = (false, 0, 0);
        }

        return FfaStatus.Success;
    }

    /// <summary>What an endpoint reads; null is a data abort. The normal world's mapping never aborts.</summary>
    internal byte? Read(int endpoint, int index)
    {
        Page page = Pages[index];
        if (endpoint == 0)
            return !page.IsNormalRam ? null : page.IsMoved ? page.BankView : page.Content;
        return MayAccess(endpoint, page, write: false) ? page.Content : null;
    }

    internal bool Write(int endpoint, int index, byte value)
    {
        Page page = Pages[index];
        if (endpoint == 0)
        {
            if (page.IsMoved)
                page.BankView = value;
            else
                page.Content = value;
            return true;
        }

        if (!MayAccess(endpoint, page, write: true))
            return false;
        page.Content = value;
        return true;
    }

    private static bool MayAccess(int endpoint, Page page, bool write)
    {
        if (page.In is not { } transaction)
            return page.Owner == endpoint;
        if (transaction.Sender == endpoint)
            return transaction.Kind == Kind.Share;
        return transaction.Retrieved.GetValueOrDefault(endpoint) > 0 && (!write || transaction.Writable[endpoint]);
    }

    private void Clear(Transaction transaction)
    {
        foreach (int index in transaction.Pages)
            Pages[index].Content = 0;
    }
}

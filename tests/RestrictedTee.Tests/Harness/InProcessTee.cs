using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using RestrictedTee.NormalWorld.Client;
using RestrictedTee.NormalWorld.Device;
using RestrictedTee.NormalWorld.Device.Ioctls;
using RestrictedTee.NormalWorld.DmaBuf;
using RestrictedTee.NormalWorld.Driver;
using RestrictedTee.NormalWorld.Driver.Probe;
using RestrictedTee.NormalWorld.Heaps;
using RestrictedTee.NormalWorld.Shm;
using RestrictedTee.NormalWorld.Supplicant;
using RestrictedTee.SecureWorld.Boot;
using RestrictedTee.SecureWorld.SecretMemory;
using RestrictedTee.SmcTransport.Abi;
using RestrictedTee.SmcTransport.Board;
using RestrictedTee.SmcTransport.Conduits;
using RestrictedTee.SmcTransport.Frames;
using RestrictedTee.SmcTransport.Interop;
using RestrictedTee.SmcTransport.NormalRam;
using RestrictedTee.Xtest;

namespace RestrictedTee.Tests.Harness;

/// <summary>
/// Both worlds in one process, over in-memory conduits: everything but the processes and the pipes is the real thing. One
/// conduit is kept for a test that plays a hostile normal world.
/// </summary>
internal sealed class InProcessTee : IDisposable
{
    private readonly NormalRamMap _normalRam = new();
    private readonly NormalRamMap _secureRam = new();
    private readonly List<Thread> _secureThreads = [];
    private readonly Plug _plug;
    private readonly IConduit _raw;
    private readonly TeeSupplicant _supplicant;

    internal InProcessTee(int threads = 4, BoardFile? board = null, string? taFolder = null, ConduitAbi abi = ConduitAbi.Smc, IAccessGate? gate = null, BoardFile? normalBoard = null, bool hasInterrupts = false, string? screenFile = null, Func<IConduit, IConduit>? wrap = null, ISupplicantPlugin? plugin = null)
    {
        Board = board ?? SmallBoard;
        Bank = RamBank.Create(Board.NormalRam.Range, "test ram");
        _normalRam.TryPlug(Bank);
        _secureRam.TryPlug(Share(Bank));
        Os = new TrustedOs(
            new TrustedOsOptions { Board = Board, Conduit = abi, Threads = threads, Contexts = threads + 2, EarlyTaFolder = Repository.EarlyTas, SecretMemory = SecretMemoryChoice.Off, ScreenFile = screenFile },
            _secureRam);
        var conduits = new List<IConduit>();
        for (int i = 0; i < threads; i++)
            conduits.Add(Connect(i, isFastOnly: false));
        _raw = Connect(threads, isFastOnly: false);
        IConduit fast = Connect(threads + 1, isFastOnly: true);
        var shm = new ShmAllocator(_normalRam, Bank, Board.ReservedShm.Range, _plug = new Plug(_secureRam));
        Host = new TeeDeviceHost(OpteeProbe.Bind(new DriverWiring(abi, wrap is null ? conduits : [.. conduits.Select(wrap)], wrap is null ? fast : wrap(fast), hasInterrupts ? ConnectNotificationLine() : null), Bank, Board.ReservedShm.Range, shm, new SupplicantQueue()), normalBoard ?? Board, gate);
        Plugins.Add(plugin ?? new TestPlugin());
        _supplicant = new TeeSupplicant(new TeeDevice(Host, ClientIdentity.Self, privileged: true), taFolder ?? Repository.TestTas, Plugins);
    }

    /// <summary>A small board with the test partitions.</summary>
    internal static BoardFile SmallBoard { get; } = BoardFile.Default with
    {
        NormalRam = new MemoryRegion { Base = 0x4000_0000, Size = 16 << 20 },
        ReservedShm = new MemoryRegion { Base = 0x4000_0000, Size = 1 << 20 },
        Partitions = TestPartitions.All,
        PartitionRam = new MemoryRegion { Base = 0x0e20_0000, Size = 192 << 10 },
        SecureRam = new MemoryRegion { Base = 0x0e10_0000, Size = 256 << 10 },
        Pools =
        [
            new PoolRegion { UseCase = UseCase.SecureVideoPlay, Base = 0x0f00_0000, Size = 1 << 20 },
            new PoolRegion { UseCase = UseCase.TrustedUi, Base = 0x0f40_0000, Size = 256 << 10 },
        ],
    };

    /// <summary>The same with pools that are lent.</summary>
    internal static BoardFile DynamicBoard { get; } = SmallBoard with
    {
        Pools =
        [
            new PoolRegion { UseCase = UseCase.SecureVideoPlay, IsDynamic = true, Base = 0, Size = 1 << 20, Alignment = 64 << 10 },
            new PoolRegion { UseCase = UseCase.TrustedUi, IsDynamic = true, Base = 0, Size = 256 << 10 },
        ],
    };

    private PipeEnd ConnectNotificationLine()
    {
        (SafeFileHandle read, SafeFileHandle write) = PipeEnd.CreatePipe();
        Os.ConnectNotificationLine(new PipeEnd(write));
        return new PipeEnd(read);
    }

    /// <summary>The small board with a pool that is reserved, in place of the first, for the devices and trusted applications that the default board names.</summary>
    internal static BoardFile ReservedBoard { get; } = SmallBoard with
    {
        Pools =
        [
            new PoolRegion { UseCase = UseCase.SecureVideoPlay, IsReserved = true, Base = 0x0f00_0000, Size = 1 << 20 },
            new PoolRegion { UseCase = UseCase.TrustedUi, Base = 0x0f40_0000, Size = 256 << 10 },
        ],
    };

    internal BoardFile Board { get; }

    internal RamBank Bank { get; }

    internal TrustedOs Os { get; }

    internal TeeDeviceHost Host { get; }

    /// <summary>The supplicant's plug-ins, of which xtest's is one unless another was given.</summary>
    internal PluginTable Plugins { get; } = new();

    internal OpteeDriver Driver => Host.Driver;

    internal TeeSupplicant Supplicant => _supplicant;

    /// <summary>How many banks have been plugged in since the start.</summary>
    internal int PlugCount => _plug.Plugged;

    /// <summary>How many of them are in it now.</summary>
    internal int BankCount => _secureRam.Count - 1;

    internal TeeContext OpenContext() => new(new TeeDevice(Host, ClientIdentity.Self));

    internal TeeDeviceFile OpenFile() => new(new TeeDevice(Host, ClientIdentity.Self), Host);

    /// <summary>One frame in, one frame out, on the conduit that no driver uses.</summary>
    internal SmcFrame Smc(SmcFrame frame)
    {
        Assert.True(_raw.TrySend(frame));
        Assert.True(_raw.TryReceive(ref frame));
        return frame;
    }

    internal uint Smc(uint function, ulong a1 = 0, ulong a2 = 0, ulong a3 = 0)
    {
        SmcFrame frame = default;
        frame[0] = function;
        (frame[1], frame[2], frame[3]) = (a1, a2, a3);
        return Smc(frame).A0;
    }

    /// <summary>Closes the conduit that no driver uses, whatever is under way on it.</summary>
    internal void CloseRawConduit() => _raw.Dispose();

    /// <summary>The page of reserved shm that messages of the raw conduit lie in.</summary>
    internal Span<byte> RawPage => Bank.GetSpan(RawOffset, 2 * OpteeMsg.PageSize);

    internal ulong RawAddress => Board.NormalRam.Base + RawOffset;

    private const ulong RawOffset = 0x8_0000;

    /// <summary>Sends a message by physical address and reads it back.</summary>
    internal uint Message(ref OpteeMessage message)
    {
        int count = (int)Math.Min(message.Arg.ParameterCount, OpteeMessage.Capacity);
        message.WriteTo(RawPage, count);
        uint code = Smc(OpteeSmc.CallWithArg, RawAddress >> 32, RawAddress & uint.MaxValue);
        message.ReadHead(RawPage);
        message.ReadParameters(RawPage, count);
        return code;
    }

    /// <summary>Proves that the instance still serves: what every hostile test ends with.</summary>
    internal void AssertStillServes()
    {
        using TeeContext context = OpenContext();
        using TeeSession session = context.OpenSession(Contracts.HelloWorld.Uuid);
        var operation = new Operation(Parameter.ValueInOut(41));
        session.Invoke(Contracts.HelloWorld.CommandIncrementValue, operation);
        Assert.Equal(42u, operation[0].A);
    }

    /// <summary>
    /// Closing the conduits lets a call that is under way in the secure world go on to its end, such as the free that the close
    /// of a descriptor began: memory is unmapped when the last has ended, on both sides.
    /// </summary>
    public void Dispose()
    {
        _supplicant.Dispose();
        Host.Dispose();
        _raw.Dispose();
        Assert.All(_secureThreads, thread => Assert.True(thread.Join(TimeSpan.FromSeconds(30)), $"The secure world's thread '{thread.Name}' does not end when its conduit is closed."));
        Assert.True(Host.Driver.IsDrained, "A call is left in the driver when its conduits are closed.");
        Os.Dispose();
        _normalRam.Dispose();
    }

    internal static SafeFileHandle Duplicate(SafeFileHandle handle) =>
        new(RestrictedTee.NormalWorld.Interop.Libc.Dup(handle), ownsHandle: true);

    private static RamBank Share(RamBank bank) => RamBank.Attach(Duplicate(bank.Memfd), bank.Range);

    private IConduit Connect(int number, bool isFastOnly)
    {
        (IConduit normal, IConduit secure) = InMemoryConduit.CreatePair();
        _secureThreads.Add(Os.Serve(secure, number, isFastOnly));
        return normal;
    }

    private sealed class Plug(NormalRamMap secureRam) : IBankPlug
    {
        private int _plugged;

        internal int Plugged => Volatile.Read(ref _plugged);

        void IBankPlug.Plug(RamBank bank)
        {
            Interlocked.Increment(ref _plugged);
            if (!secureRam.TryPlug(Share(bank)))
                throw new IOException("overlap");
        }

        void IBankPlug.Unplug(RamBank bank)
        {
            if (!secureRam.TryUnplug(bank.Range.Start))
                throw new IOException("in use");
        }
    }
}

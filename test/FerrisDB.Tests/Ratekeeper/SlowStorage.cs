using FerrisDB.Transactions;

namespace FerrisDB.Tests.Ratekeeper;

// A loop in virtual time. Clients offer more than storage can take:
//
//     clients ──► StartQueue ──► transactions write ──► MemTables ──(flush, one MemTable at a time)──► tables
//                     ▲                                     │
//                     └─────────── Ratekeeper ◄─────────────┘

/// <summary>A storage that follows as slowly as a test likes, and clients that do not care.</summary>
internal sealed class SlowStorage
{
    public const double MemTableBytes = 64e6;

    /// <summary>Where writers would have to stop: all MemTables full.</summary>
    public const double FullBytes = 3 * MemTableBytes;

    private const double StepSeconds = 0.005;
    private const double TransactionBytes = 10_000;
    private const int StepsPerReading = 20;

    private readonly FerrisDB.Transactions.Ratekeeper _ratekeeper = new();
    private double _written;
    private double _flushed;
    private double _flushing;
    private long _steps;

    private long _hotWaiting;

    public StartQueue Starts { get; } = new();

    public HotTags HotTags { get; } = new(new TagThrottles());

    public TagThrottles Tags => HotTags.Throttles;

    /// <summary>Bytes that a flush takes from the MemTables in a second.</summary>
    public double BytesPerSecond { get; set; } = 20e6;

    /// <summary>Transactions that come in a second.</summary>
    public double DefaultOffered { get; set; }

    public double BatchOffered { get; set; }

    /// <summary>Of default priority too, with a tag that may be throttled.</summary>
    public double HotOffered { get; set; }

    /// <summary>False for clients that only read.</summary>
    public bool Writes { get; set; } = true;

    public double QueueBytes => _written - _flushed;

    public double QueueBytesMax { get; set; }

    public double Flushed => _flushed;

    public long DefaultStarted { get; private set; }

    public long BatchStarted { get; private set; }

    public long HotStarted { get; private set; }

    public static byte[] HotTag { get; } = [(byte)'h'];

    public long Refused { get; private set; }

    /// <summary>Transactions a second that storage can take.</summary>
    public double Capacity => BytesPerSecond / TransactionBytes;

    public void Run(double seconds)
    {
        for (var left = (long)(seconds / StepSeconds); left > 0; left--)
            Step();
    }

    private void Step()
    {
        _steps++;
        Offer(TransactionPriority.Default, DefaultOffered);
        Offer(TransactionPriority.Batch, BatchOffered);
        OfferHot();
        Flush();
        Tags.Release(StepSeconds, _steps);
        Starts.Release(StepSeconds);
        if (_steps % StepsPerReading != 0)
            return;
        QueueLoad load = new(
            RateLimitReason.MemTables, QueueBytes, _written, 2.25 * MemTableBytes, MemTableBytes / 4);
        var limits = _ratekeeper.Update(StepSeconds * StepsPerReading, Starts.Started, [load]);
        Starts.Limit(limits);
        HotTags.Update(
            StepSeconds * StepsPerReading, limits.Default < _ratekeeper.StartsPerSecond * 1.25, (long)_written, _steps,
            (long)(1 / StepSeconds));
    }

    private void OfferHot()
    {
        for (var left = CountOf(HotOffered); left > 0 && _hotWaiting < 1000; left--)
        {
            Tags.Usage.Add(HotTag, starts: 1, bytes: 0);
            var who = new Client(this, TransactionPriority.Default, isHot: true);
            _hotWaiting++;
            var start = new TaggedStart(Starts, TransactionPriority.Default, 1, who);
            if (Tags.Find(HotTag) is { } throttle && !throttle.TryStart(1))
                throttle.Wait(1, start);
            else
                start.Start();
        }
    }

    private int CountOf(double perSecond) =>
        (int)((_steps * StepSeconds * perSecond) - ((_steps - 1) * StepSeconds * perSecond) + 0.5);

    // Closed: a client that waits asks for nothing more; a thousand of each kind may wait.
    private void Offer(TransactionPriority priority, double perSecond)
    {
        var (waiting, batchWaiting) = Starts.Waiting;
        var room = 1000 - (priority == TransactionPriority.Batch ? batchWaiting : waiting);
        for (var left = Math.Min(CountOf(perSecond), room); left > 0; left--)
        {
            var who = new Client(this, priority);
            if (Starts.TryStart(priority, 1))
                who.Start();
            else
                Starts.Wait(priority, 1, who);
        }
    }

    private void Flush()
    {
        if (QueueBytes - _flushing >= 0 && QueueBytes >= MemTableBytes)
            _flushing += BytesPerSecond * StepSeconds;
        if (_flushing < MemTableBytes)
            return;
        _flushing -= MemTableBytes;
        _flushed += MemTableBytes;
    }

    private sealed class Client(SlowStorage storage, TransactionPriority priority, bool isHot = false) : IStarting
    {
        public void Start()
        {
            if (isHot)
                StartHot();
            else if (priority == TransactionPriority.Batch)
                storage.BatchStarted++;
            else
                storage.DefaultStarted++;
            if (storage.Writes)
                storage._written += TransactionBytes;
            storage.QueueBytesMax = Math.Max(storage.QueueBytesMax, storage.QueueBytes);
        }

        public void Refuse(FerrisException? error)
        {
            Assert.Contains(
                error!.Code,
                new[]
                {
                    ErrorCode.BatchTransactionThrottled, ErrorCode.GrvProxyMemoryLimitExceeded, ErrorCode.TagThrottled,
                    ErrorCode.ProxyTagThrottled,
                });
            storage.Refused++;
            if (isHot)
                storage._hotWaiting--;
        }

        private void StartHot()
        {
            storage.HotStarted++;
            storage._hotWaiting--;
            storage.Tags.Usage.Add(HotTag, starts: 0, (int)TransactionBytes);
        }
    }
}

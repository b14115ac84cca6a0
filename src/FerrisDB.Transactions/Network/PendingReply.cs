using System.Diagnostics;

namespace FerrisDB.Transactions;

/// <summary>A request that is not answered at once, with what it works in.</summary>
internal sealed class PendingReply : IStarting
{
    private readonly RoleSession _session;
    private readonly CommitTransaction _transaction = new();
    private readonly Action _committed;
    private Task _committing = Task.CompletedTask;
    private FrameHeader _header;
    private Durability _durability;
    private long _arrivedAt;
    private int _bytes;
    private int _starting;
    private bool _isCommit;
    private bool _isLockAware;

    public PendingReply(RoleSession session)
    {
        _session = session;
        _committed = Committed;
    }

    /// <summary>The transaction of the commit was let start before.</summary>
    public bool HasStarted => _transaction.ReadVersion != 0 || _transaction.Attempt != 0;

    /// <summary>The priority of the transaction of the commit.</summary>
    public TransactionPriority Priority => _transaction.Priority;

    /// <summary>What throttles the tags of the transaction of the commit; null if nothing does.</summary>
    public TagThrottle? Throttle => _transaction.Throttle;

    /// <summary>Its span; null if it is not recorded.</summary>
    public Activity? Span { get; set; }

    /// <summary>Takes the transaction of a commit.</summary>
    public void Read(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        _header = header;
        _bytes = payload.Length;
        _isCommit = true;
        _transaction.Clear();
        var access = _session.Access;
        var server = _session.Server;
        _durability = CommitMessage.Read(payload, _transaction, server.Limits, access.Grant, server.Tags);
        if (access.Audit is { } audit && access.Grant.Role == AccessRole.Admin)
            SystemWrites.Tell(_transaction.Mutations, audit);
        _arrivedAt = _session.Activity.BurstBegan;
        _session.Activity.CountCommit(_transaction);
    }

    /// <summary>Takes a question for a read version that must wait.</summary>
    public PendingReply ToStart(FrameHeader header, int count, bool isLockAware)
    {
        _isLockAware = isLockAware;
        _header = header;
        _arrivedAt = _session.Activity.BurstBegan;
        _starting = count;
        _bytes = 0;
        _isCommit = false;
        return this;
    }

    void IStarting.Start()
    {
        if (_isCommit)
        {
            Commit();
            return;
        }
        _session.Activity.CountLateReadVersion(_arrivedAt, _starting);
        _session.Output.Append(this, static (reply, writer) => reply.WriteReadVersion(writer));
        _session.Output.SendSoon();
        _session.End(this, _bytes);
    }

    void IStarting.Refuse(FerrisException? error)
    {
        if (_isCommit)
            _session.Activity.EndCommit(_transaction, _bytes, _arrivedAt, hasFailed: true);
        else
            _session.Activity.CountLateError();
        if (error is not null)
        {
            Fail(_header, error);
            _session.Output.SendSoon();
        }
        _session.End(this, _bytes);
    }

    /// <summary>Commits it, and answers when that is done.</summary>
    public void Commit()
    {
        _session.Server.CommitBegins();
        _committing = _session.Server.Roles.CommitElsewhereAsync(_transaction, _durability).AsTask();
        _committing.GetAwaiter().UnsafeOnCompleted(_committed);
    }

    /// <summary>Answers a read when its version is there.</summary>
    public void ReadLater(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        _bytes = 0;
        _ = ReadLaterAsync(header, payload.ToArray());
    }

    private void Committed()
    {
        // Counted first: who has the answer, and asks how many there were, finds it among them.
        _session.Activity.EndCommit(
            _transaction, _bytes, _arrivedAt, hasFailed: !_committing.IsCompletedSuccessfully);
        try
        {
            _committing.GetAwaiter().GetResult();
            ServerSpans.Tell(Span, _transaction.Verdict);
            _session.Output.Append(this, static (reply, writer) => reply.WriteDecision(writer));
        }
        catch (FerrisException error)
        {
            Fail(_header, error);
        }
        catch (ObjectDisposedException)
        {
            // The server closes: its connections end without an answer, and clients ask whoever comes next.
        }
        catch (Exception bug)
        {
            Fail(_header, new FerrisException(
                ErrorCode.IoError, $"The server has failed, and the outcome is unknown: {bug.Message}", bug));
        }
        _session.Output.SendSoon();
        _session.Server.CommitEnds();
        _session.End(this, _bytes);
    }

    private void WriteReadVersion(MessageWriter writer) =>
        _session.WriteReadVersion(writer, _header, _isLockAware, Span);

    private void WriteDecision(MessageWriter writer)
    {
        if (_transaction.Verdict == Verdict.Locked)
        {
            RoleSession.WriteError(writer, _header, DatabaseLock.Locked(_session.Server.Roles.Lock.Holder));
            return;
        }
        writer.BeginFrame();
        CommitMessage.WriteDecision(writer, _transaction);
        writer.EndFrame(MessageType.Decision, _header.Endpoint, _header.RequestId);
    }

    private void Fail(FrameHeader header, FerrisException error)
    {
        ServerSpans.Fail(Span, error);
        _session.Output.Append((header, error), static (answer, writer) =>
            RoleSession.WriteError(writer, answer.header, answer.error));
    }

    private async Task ReadLaterAsync(FrameHeader header, byte[] payload)
    {
        try
        {
            MessageReader versionOnly = new(payload);
            await _session.Server.WhenCommittedAsync(versionOnly.ReadInt64());
            var answer = new MessageWriter();
            new ReadAnswers(_session.Server, _session.Access.Grant).TryAnswer(header, payload, answer);
            _session.Output.Append(answer);
        }
        catch (FerrisException error)
        {
            Fail(header, error);
        }
        catch (ObjectDisposedException)
        {
            // As above.
        }
        _session.Output.Send();
        _session.End(this, _bytes);
    }
}

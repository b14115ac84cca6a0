using System.Diagnostics;

namespace FerrisDB;

/// <summary>A question to a role of another process, until it is answered.</summary>
/// <remarks>Its fields belong to the <see cref="RemoteCluster"/>, under its lock.</remarks>
internal abstract class RemoteRequest(MessageType type, RoleEndpoint endpoint)
{
    /// <summary>Its number on the wire.</summary>
    public ulong Id { get; set; }

    /// <summary>When it was asked for the first time.</summary>
    public long BegunAt { get; set; }

    /// <summary>It was given to a connection: a server may have it.</summary>
    public bool WasSent { get; set; }

    /// <summary>The span that it is part of; null if nobody records that.</summary>
    public Activity? Caller { get; set; }

    /// <summary>True if it may take any time: nobody is told that there is no answer yet.</summary>
    public virtual bool IsPatient => false;

    /// <summary>See <see cref="RemoteOptions.AnswersInline"/>.</summary>
    public virtual void AnswerInline()
    {
    }

    /// <summary>Writes it as a frame.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.TransactionTooLarge"/>.</exception>
    public void Write(MessageWriter writer)
    {
        writer.BeginFrame();
        if (Caller is not null)
            TraceMessage.Write(writer, Caller);
        WritePayload(writer);
        if (writer.PayloadLength > ProtocolFormat.FrameBytesMax)
        {
            var bytes = writer.PayloadLength;
            writer.AbandonFrame();
            throw new FerrisException(
                ErrorCode.TransactionTooLarge,
                $"The request has {bytes} bytes; at most {ProtocolFormat.FrameBytesMax} can be sent.");
        }
        writer.EndFrame(type, endpoint, Id, isTraced: Caller is not null);
    }

    /// <summary>
    /// Its connection is lost. Returns the error that it ends with, or null: then it is sent again.
    /// </summary>
    public virtual FerrisException? Lost() => null;

    /// <summary>The error for somebody who has waited long enough.</summary>
    public virtual FerrisException TimedOut(string tried) => new(ErrorCode.TimedOut, tried);

    /// <summary>The error for somebody whom no server lets in any more.</summary>
    public virtual FerrisException Refused(FerrisException refusal) => refusal;

    /// <summary>Takes the answer. Returns the version that it tells of, or 0.</summary>
    /// <exception cref="ProtocolException">That is no answer to this.</exception>
    public long Complete(MessageType answer, ReadOnlySpan<byte> payload)
    {
        if (answer == type + 1)
            return Take(payload);
        if (answer != MessageType.Error)
            throw new ProtocolException($"A request of type {type} was answered with {answer}.");
        Fail(ErrorMessage.Read(payload));
        return 0;
    }

    public abstract void Fail(Exception error);

    protected abstract void WritePayload(MessageWriter writer);

    // Whoever waits may go on before this returns.
    protected abstract long Take(ReadOnlySpan<byte> payload);
}

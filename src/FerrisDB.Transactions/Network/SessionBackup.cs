using System.Diagnostics;

namespace FerrisDB.Transactions;

/// <summary>The backup that one connection makes: what is held for it, and the file that is being read.</summary>
/// <remarks>
/// Thread-safe. All is let go when the connection ends, but for the log of somebody who follows it: he may come back.
/// </remarks>
internal sealed class SessionBackup
{
    private readonly RoleServer _server;
    private readonly FrameOutput _output;
    private readonly SessionAccess _access;
    private readonly SessionWork _work;

    // Of the one that works.
    private BackupOrigin? _origin;
    private BackupSource[]? _files;
    private FollowedLog? _followed;
    private Stream? _content;
    private int _contentIndex;
    private long _contentOffset;

    public SessionBackup(RoleServer server, FrameOutput output, SessionAccess access)
    {
        (_server, _output, _access) = (server, output, access);
        _work = new SessionWork(output, "backup", ProtocolFormat.BackupQuestionsMax, AnswerAsync);
    }

    /// <summary>Takes a question, which is answered later.</summary>
    /// <exception cref="ProtocolException">There are too many.</exception>
    public void Receive(FrameHeader header, ReadOnlySpan<byte> payload, Activity? span) =>
        _work.Receive(header, payload, span);

    /// <summary>The connection has ended.</summary>
    public void Close() => _work.Close();

    /// <summary>Completes after <see cref="Close"/>, when nothing is held any more.</summary>
    public async Task WhenEndedAsync()
    {
        await _work.WhenDoneAsync();
        await LetGoAsync();
    }

    private async ValueTask AnswerAsync(FrameHeader header, byte[] payload)
    {
        switch (header.Type)
        {
            case MessageType.BackupBegin:
                await LetFilesGoAsync();
                _origin = await BeginAsync(payload);
                _files = _origin?.All.ToArray();
                Answer(header, MessageType.BackupBegun, _origin ?? BackupOrigin.Nothing, static (origin, writer) =>
                    BackupMessage.WriteBegun(writer, origin));
                return;
            case MessageType.BackupHash:
                var hash = await FileOf(payload, out _, out _).HashAsync(static _ => { }, CancellationToken.None);
                Answer(header, MessageType.BackupHashed, hash, static (hash, writer) =>
                    writer.WriteRaw(Convert.FromHexString(hash)));
                return;
            case MessageType.BackupRead:
                Answer(header, MessageType.BackupContent, await ReadAsync(payload), static (chunk, writer) =>
                    writer.WriteRaw(chunk));
                return;
            default:
                await EndAsync(payload);
                Answer(header, MessageType.BackupEnded, 0, static (_, _) => { });
                return;
        }
    }

    private async ValueTask<BackupOrigin?> BeginAsync(byte[] payload)
    {
        var scope = BackupMessage.ReadBegin(payload, out var from);
        if (scope == BackupScope.All)
            return await _server.Roles.HoldForBackupAsync();
        _followed ??= _server.Followers.Begin(
            _server.Roles.OpenArchive(), _access.Grant.Holder, _access.From);
        if (scope == BackupScope.Log)
            return await _followed.TakeLogAsync(from);
        return await _followed.TakeAllAsync(from.Segment > 0 ? from : null);
    }

    private async ValueTask EndAsync(byte[] payload)
    {
        switch (BackupMessage.ReadEnd(payload))
        {
            case BackupEnding.Files:
                await LetFilesGoAsync();
                break;
            case BackupEnding.LogFiles when _origin is not null:
                await _origin.ReleaseLogAsync();
                break;
            case BackupEnding.Everything:
                await LetGoAsync();
                break;
        }
    }

    private async ValueTask<byte[]> ReadAsync(byte[] payload)
    {
        var file = FileOf(payload, out var index, out var offset);
        if (offset == 0)
        {
            await CloseContentAsync();
            _content = file.Open(static _ => { });
            (_contentIndex, _contentOffset) = (index, 0);
        }
        if (_content is null || index != _contentIndex || offset != _contentOffset)
            throw new ProtocolException($"{file.Name} is not read at {offset}: files are read from begin to end.");
        var chunk = new byte[Math.Min(ProtocolFormat.BackupChunkBytes, file.SizeBytes - offset)];
        await _content.ReadExactlyAsync(chunk, CancellationToken.None);
        _contentOffset += chunk.Length;
        if (_contentOffset == file.SizeBytes)
            await CloseContentAsync();
        return chunk;
    }

    private BackupSource FileOf(byte[] payload, out int index, out long offset)
    {
        if (_files is not { } files)
            throw new FerrisException(
                ErrorCode.ConnectionFailed, "The connection that the backup was begun on is lost. Run it again.");
        var reader = new MessageReader(payload);
        index = reader.ReadNumber(int.MaxValue);
        offset = reader.Left > 0 ? reader.ReadInt64() : 0;
        reader.End();
        return index < files.Length && offset >= 0
            ? files[index]
            : throw new ProtocolException($"The backup has no file {index} with bytes at {offset}.");
    }

    private void Answer<T>(FrameHeader header, MessageType type, T state, Action<T, MessageWriter> write)
    {
        _output.Append((header, type, state, write), static (answer, writer) =>
        {
            writer.BeginFrame();
            answer.write(answer.state, writer);
            writer.EndFrame(answer.type, answer.header.Endpoint, answer.header.RequestId);
        });
        _output.Send();
    }

    private async ValueTask CloseContentAsync()
    {
        if (_content is not null)
            await _content.DisposeAsync();
        _content = null;
    }

    private async ValueTask LetFilesGoAsync()
    {
        await CloseContentAsync();
        if (_origin is not null)
            await _origin.DisposeAsync();
        (_origin, _files) = (null, null);
    }

    private async ValueTask LetGoAsync()
    {
        await LetFilesGoAsync();
        if (_followed is not null)
            await _followed.DisposeAsync();
        _followed = null;
    }
}

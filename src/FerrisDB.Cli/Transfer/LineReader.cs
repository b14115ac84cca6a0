namespace FerrisDB.Cli;

/// <summary>Cuts a stream into lines without making strings of them.</summary>
internal sealed class LineReader(Stream input) : IDisposable
{
    private const int FirstCapacity = 256 << 10;

    // A record cannot be near as long; what is longer has no line ends at all.
    private const int LineBytesMax = 256 << 20;

    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    // What was read and not yet handed out lies in [_start, _end).
    private byte[] _buffer = new byte[FirstCapacity];
    private int _start;
    private int _end;
    private bool _isAtEnd;

    /// <summary>The number of the line that was read last, from 1.</summary>
    public long Line { get; private set; }

    public long BytesRead { get; private set; }

    /// <summary>The next line without its end; valid until the next call.</summary>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        var searched = 0;
        while (true)
        {
            var found = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (found >= 0)
            {
                line = Take(searched + found, withEnd: true);
                return true;
            }
            searched = _end - _start;
            if (_isAtEnd)
            {
                line = Take(searched, withEnd: false);
                return searched > 0;
            }
            Fill();
        }
    }

    public void Dispose() => input.Dispose();

    private ReadOnlySpan<byte> Take(int length, bool withEnd)
    {
        var line = _buffer.AsSpan(_start, length);
        _start += length + (withEnd ? 1 : 0);
        Line++;
        BytesRead += length + (withEnd ? 1 : 0);
        if (Line == 1 && line.StartsWith(ByteOrderMark))
            line = line[ByteOrderMark.Length..];
        return line.EndsWith("\r"u8) ? line[..^1] : line;
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
        if (_end == _buffer.Length)
        {
            if (_end >= LineBytesMax)
                throw new UsageException($"line {Line + 1} is longer than {Amounts.Bytes(LineBytesMax)}.");
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
        var count = input.Read(_buffer, _end, _buffer.Length - _end);
        _isAtEnd = count == 0;
        _end += count;
    }
}

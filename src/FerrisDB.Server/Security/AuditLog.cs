using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FerrisDB.Server;

// One line of JSON each:
//
//     {"time":"2026-01-31T12:00:00.000Z","action":"backup","who":"ops (k3v9qx2m)","from":"10.0.0.7:4123","detail":""}
//
// The file is opened for each line: who wants to rotate it just moves it away.

/// <summary>A file that tells what admins have done, and who was not let in.</summary>
/// <remarks>Thread-safe. A line is on the disk before what it tells of is done.</remarks>
internal sealed class AuditLog(string path, TimeProvider clock)
{
    // A stranger can be refused as often as he likes; the disk is not his.
    private const int RefusalsPerSecondMax = 10;

    private static readonly JsonWriterOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _line = new();

    // Under the gate.
    private long _secondBegan;
    private int _notedInSecond;
    private long _leftOut;

    /// <summary>Tells what is going to be done.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.IoError"/>: it cannot be told, and must not be done.
    /// </exception>
    public void Note(string action, string who, string from, string detail)
    {
        lock (_gate)
            Append(action, who, from, detail);
    }

    /// <summary>Tells what has happened anyway, unless too much does.</summary>
    /// <param name="action">What.</param>
    /// <param name="who">By whom.</param>
    /// <param name="from">From where.</param>
    /// <param name="detail">What there is to say beside.</param>
    /// <param name="isStranger">Somebody did it who was not let in, and may do it as often as he likes.</param>
    public void TryNote(string action, string who, string from, string detail, bool isStranger = true)
    {
        lock (_gate)
        {
            var now = clock.GetTimestamp();
            if (_secondBegan == 0 || clock.GetElapsedTime(_secondBegan, now) >= TimeSpan.FromSeconds(1))
                (_secondBegan, _notedInSecond) = (now, 0);
            if (isStranger && ++_notedInSecond > RefusalsPerSecondMax)
            {
                _leftOut++;
                return;
            }
            try
            {
                Append(action, who, from, detail);
            }
            catch (FerrisException)
            {
                _leftOut++;
            }
        }
    }

    private void Append(string action, string who, string from, string detail)
    {
        _line.Clear();
        using (var json = new Utf8JsonWriter(_line, Format))
        {
            json.WriteStartObject();
            json.WriteString(
                "time", clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("action", action);
            json.WriteString("who", who);
            json.WriteString("from", from);
            json.WriteString("detail", detail);
            if (_leftOut > 0)
                json.WriteNumber("leftOut", _leftOut);
            json.WriteEndObject();
        }
        _line.Write("\n"u8);
        PrivateFile.Append(path, _line.WrittenSpan);
        _leftOut = 0;
    }
}

using System.Text;

namespace FerrisDB.Transactions;

/// <summary>How an error travels: its code, then its message to the end, in UTF-8.</summary>
internal static class ErrorMessage
{
    private const int TextBytesMax = 4096;

    public static void Write(MessageWriter writer, FerrisException error)
    {
        writer.WriteNumber((int)error.Code);
        var text = Encoding.UTF8.GetBytes(error.Message);
        writer.WriteRaw(text.AsSpan(0, Math.Min(text.Length, TextBytesMax)));
    }

    public static FerrisException Read(ReadOnlySpan<byte> payload)
    {
        var reader = new MessageReader(payload);
        var code = (ErrorCode)reader.ReadNumber(int.MaxValue);
        return new FerrisException(code, Encoding.UTF8.GetString(payload[^reader.Left..]));
    }
}

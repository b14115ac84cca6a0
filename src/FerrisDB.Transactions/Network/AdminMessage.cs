using System.Text;

namespace FerrisDB.Transactions;

// GetReport:  kind (1)                        Report:   JSON in UTF-8, to the end
// Order:      order (1) | argument, to the end   Ordered:  text in UTF-8, to the end

/// <summary>How questions and orders of operators travel, and how they are answered.</summary>
internal static class AdminMessage
{
    // No level, address or name is longer.
    private const int ArgumentBytesMax = 1024;

    public static void WriteGetReport(MessageWriter writer, ReportKind kind) => writer.WriteByte((byte)kind);

    public static void WriteOrder(MessageWriter writer, AdminOrder order, string argument)
    {
        writer.WriteByte((byte)order);
        writer.WriteRaw(Encoding.UTF8.GetBytes(argument));
    }

    /// <summary>Answers a question or an order.</summary>
    /// <exception cref="FerrisException">It cannot be done.</exception>
    /// <exception cref="ProtocolException">It is none.</exception>
    public static void Answer(FrameHeader header, ReadOnlySpan<byte> payload, IAdmin? admin, MessageWriter writer)
    {
        var reader = new MessageReader(payload);
        var what = reader.ReadByte();
        byte[] answer;
        if (header.Type == MessageType.GetReport)
        {
            reader.End();
            answer = Answering(admin).Report((ReportKind)what);
        }
        else
        {
            if (reader.Left > ArgumentBytesMax)
                throw new ProtocolException($"An order has an argument of {reader.Left} bytes.");
            var argument = Encoding.UTF8.GetString(payload[1..]);
            answer = Encoding.UTF8.GetBytes(Answering(admin).Order((AdminOrder)what, argument));
        }
        writer.BeginFrame();
        writer.WriteRaw(answer);
        writer.EndFrame(header.Type + 1, header.Endpoint, header.RequestId);
    }

    /// <summary>An order in words, whether it makes sense or not.</summary>
    public static string Describe(ReadOnlySpan<byte> payload) => payload.IsEmpty
        ? "none"
        : $"{(AdminOrder)payload[0]} {Encoding.UTF8.GetString(payload[1..Math.Min(payload.Length, ArgumentBytesMax)])}"
            .TrimEnd();

    private static IAdmin Answering(IAdmin? admin) => admin ?? throw new FerrisException(
        ErrorCode.UnsupportedOperation, "This server answers no questions about itself.");
}

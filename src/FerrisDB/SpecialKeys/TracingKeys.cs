using System.Globalization;
using System.Text;

namespace FerrisDB;

// Below \xff\xff/tracing/, of each transaction:
//
//     token             a decimal number; 0 if the transaction is not to be traced. Set by "true" and "false"
//     transaction_id    32 hexadecimal digits. Set by others, before anything is written; ignored after that
//
// Nothing here sends them anywhere: they are kept for programs that find their transactions by them.

/// <summary>By what name and under which token a transaction goes in traces.</summary>
internal sealed class TracingKeys
{
    private const string Token = "token";
    private const string TransactionId = "transaction_id";
    private const int IdDigits = 32;

    private readonly Database _database;
    private ulong _token;
    private UInt128 _transactionId;

    private TracingKeys(Database database)
    {
        _database = database;
        _token = Draw();
        _transactionId = new UInt128(Draw(), Draw());
    }

    public static List<SpecialRow> Read(TransactionContext context, byte[] prefix)
    {
        var tracing = Of(context);
        return
        [
            Row(prefix, Token, tracing._token.ToString(CultureInfo.InvariantCulture)),
            Row(prefix, TransactionId, tracing._transactionId.ToString("x32", CultureInfo.InvariantCulture)),
        ];
    }

    /// <summary>Sets one of the two. Returns what is wrong with it, or null.</summary>
    public static FerrisException? Write(TransactionContext context, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var tracing = Of(context);
        var text = Encoding.UTF8.GetString(value);
        switch (Encoding.UTF8.GetString(name))
        {
            case Token when text is "true" or "false":
                tracing._token = text == "true" ? tracing.Draw() : 0;
                return null;
            case TransactionId when context.Buffers.ApproximateSizeBytes > 0:
                return null;
            case TransactionId when text.Length == IdDigits && UInt128.TryParse(
                text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id):
                tracing._transactionId = id;
                return null;
            default:
                return ErrorDocument.Refuse(
                    context, "configure trace",
                    $"tracing/{Token} is set by true and false, tracing/{TransactionId} by {IdDigits} hexadecimal "
                        + "digits.");
        }
    }

    public static FerrisException RefuseClear(
        TransactionContext context, ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end) =>
        ErrorDocument.Refuse(context, "clear trace", "What is below tracing/ can be set, but not cleared.");

    // Drawn when somebody asks: hardly anybody does.
    private static TracingKeys Of(TransactionContext context) =>
        context.Tracing ??= new TracingKeys(context.Database);

    private static SpecialRow Row(byte[] prefix, string name, string value) =>
        new([.. prefix, .. Encoding.UTF8.GetBytes(name)], Encoding.UTF8.GetBytes(value));

    // Never 0.
    private ulong Draw() =>
        (((ulong)_database.NextChance(int.MaxValue) << 32) | (uint)_database.NextChance(int.MaxValue)) + 1;
}

using System.Globalization;
using System.Text;
using FerrisDB.Layers;

namespace FerrisDB.BindingTester;

/// <summary>What stands on the stack in place of a result.</summary>
internal static class ErrorItem
{
    /// <summary>Of an operation that has no result, and of a get that finds nothing.</summary>
    public static TupleValue NotPresent { get; } = Bytes("RESULT_NOT_PRESENT");

    /// <summary>Of an operation that failed: the packed tuple of ERROR and its code, both as bytes.</summary>
    public static TupleValue Of(FerrisException error) => TupleEncoding.Pack(
        "ERROR"u8.ToArray(), Encoding.ASCII.GetBytes(((int)error.Code).ToString(CultureInfo.InvariantCulture)));

    public static TupleValue Bytes(string text) => Encoding.ASCII.GetBytes(text);
}

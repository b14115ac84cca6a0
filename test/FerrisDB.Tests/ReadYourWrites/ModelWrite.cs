using FerrisDB.Transactions;

namespace FerrisDB.Tests;

/// <summary>One call that writes, as it was made.</summary>
/// <param name="Kind">What.</param>
/// <param name="Key">The key, its template, or the begin of a range.</param>
/// <param name="Operand">The value, the operand, or the end of a range.</param>
/// <param name="AddsConflict">Whether others who read there are to fail.</param>
internal sealed record ModelWrite(MutationKind Kind, byte[] Key, byte[] Operand, bool AddsConflict)
{
    public override string ToString() =>
        $"{Kind} {Convert.ToHexStringLower(Key)} {Convert.ToHexStringLower(Operand)}{(AddsConflict ? "" : " quiet")}";
}

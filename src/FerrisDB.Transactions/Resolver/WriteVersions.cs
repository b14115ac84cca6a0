namespace FerrisDB.Transactions;

/// <summary>When the keys from one boundary to the next were written last.</summary>
/// <param name="Point">The newest version that wrote the boundary's own key.</param>
/// <param name="Gap">The newest version that wrote any key behind it, up to the next boundary.</param>
internal record struct WriteVersions(long Point, long Gap)
{
    public readonly long Newest => Math.Max(Point, Gap);
}

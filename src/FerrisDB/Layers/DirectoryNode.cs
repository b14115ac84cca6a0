namespace FerrisDB.Layers;

/// <summary>
/// What a search for a path has found: the directory, or the partition on the way to it, or nothing.
/// </summary>
/// <param name="Prefix">Of the content; null of the root, and if nothing was found.</param>
/// <param name="Node">Where what is known of the directory is stored; null if nothing was found.</param>
/// <param name="Layer">Its layer.</param>
/// <param name="Path">The part of the path that leads to it.</param>
/// <param name="Rest">What is left of the path, inside a partition.</param>
internal sealed record DirectoryNode(byte[]? Prefix, Subspace? Node, byte[] Layer, string[] Path, string[] Rest)
{
    public bool Exists => Node is not null;

    public bool IsPartition => Exists && DirectoryNodes.IsPartition(Layer);

    /// <summary>The directory that was searched for is not this one but lies, if anywhere, in this partition.</summary>
    public bool GoesOnInPartition => IsPartition && Rest.Length > 0;
}

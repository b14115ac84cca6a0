namespace FerrisDB.Layers;

/// <summary>A directory that is to be opened or created.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Layer">The layer that it must or shall have; empty for any.</param>
/// <param name="Prefix">The prefix that it shall have, or null.</param>
/// <param name="MayCreate">Whether it may be missing.</param>
/// <param name="MayOpen">Whether it may be there.</param>
internal readonly record struct DirectoryRequest(
    string[] Path, byte[] Layer, byte[]? Prefix, bool MayCreate, bool MayOpen);

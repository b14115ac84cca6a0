namespace FerrisDB.Layers;

/// <summary>
/// A place in the tree of directories: the root, which is a <see cref="DirectoryLayer"/>, or a
/// <see cref="DirectorySubspace"/>. Paths are relative to it.
/// </summary>
/// <remarks>
/// <para>A directory gives a long path, such as <c>/app/users</c>, a short prefix for the keys of its content. It can
/// be moved without touching the content. A path is a list of names, <c>"app", "users"</c>; any string is a name.
/// </para>
/// <para>All members are thread-safe. What they do is part of the transaction: after a commit that failed, neither is
/// the directory there nor may its subspace be used.</para>
/// <para>Beside the errors that are listed, reads and writes have theirs, and what is stored may be wrong
/// (<see cref="ErrorCode.InvalidDirectoryLayerMetadata"/>) or of a newer format
/// (<see cref="ErrorCode.IncompatibleDirectoryVersion"/>).</para>
/// </remarks>
public interface IDirectory
{
    /// <summary>The names from the root to here; none for the root.</summary>
    IReadOnlyList<string> Path { get; }

    /// <summary>Opens a directory; creates it, and those above it, if it is not there.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.CannotOpenRootDirectory"/>: the path is empty.
    /// </exception>
    ValueTask<DirectorySubspace> CreateOrOpenAsync(Transaction transaction, params IReadOnlyList<string> path);

    /// <summary>
    /// As without a layer; the layer is recorded with a new directory, and checked of one that is there.
    /// </summary>
    /// <param name="transaction">Where it is done.</param>
    /// <param name="path">The path, from here.</param>
    /// <param name="layer">
    /// A name for what the content means, so that no other layer touches it by mistake; empty for none, or for any.
    /// With <see cref="DirectoryLayer.PartitionLayer"/> the directory becomes a partition.
    /// </param>
    /// <exception cref="FerrisException"><see cref="ErrorCode.MismatchedLayer"/>: the directory has another layer.
    /// <see cref="ErrorCode.CannotOpenRootDirectory"/>.</exception>
    ValueTask<DirectorySubspace> CreateOrOpenAsync(
        Transaction transaction, IReadOnlyList<string> path, ReadOnlySpan<byte> layer);

    /// <summary>Opens a directory.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.DirectoryDoesNotExist"/>.
    /// <see cref="ErrorCode.CannotOpenRootDirectory"/>.</exception>
    ValueTask<DirectorySubspace> OpenAsync(IReadTransaction transaction, params IReadOnlyList<string> path);

    /// <summary>Opens a directory of a layer.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.DirectoryDoesNotExist"/>.
    /// <see cref="ErrorCode.MismatchedLayer"/>. <see cref="ErrorCode.CannotOpenRootDirectory"/>.</exception>
    ValueTask<DirectorySubspace> OpenAsync(
        IReadTransaction transaction, IReadOnlyList<string> path, ReadOnlySpan<byte> layer);

    /// <summary>Creates a directory, and those above it that are not there.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.DirectoryAlreadyExists"/>.
    /// <see cref="ErrorCode.CannotOpenRootDirectory"/>.</exception>
    ValueTask<DirectorySubspace> CreateAsync(Transaction transaction, params IReadOnlyList<string> path);

    /// <summary>Creates a directory with a layer, and perhaps with a prefix of one's own choice.</summary>
    /// <param name="transaction">Where it is done.</param>
    /// <param name="path">The path, from here.</param>
    /// <param name="layer">The layer: see <see cref="CreateOrOpenAsync(Transaction, IReadOnlyList{string},
    /// ReadOnlySpan{byte})"/>.</param>
    /// <param name="prefix">What all keys of the content shall begin with; empty to be given one.</param>
    /// <exception cref="FerrisException"><see cref="ErrorCode.DirectoryAlreadyExists"/>.
    /// <see cref="ErrorCode.DirectoryPrefixInUse"/>: the prefix is that of another directory, begins with one, or one
    /// begins with it. <see cref="ErrorCode.ManualPrefixesNotEnabled"/>, <see cref="ErrorCode.PrefixInPartition"/>:
    /// prefixes cannot be chosen here. <see cref="ErrorCode.CannotOpenRootDirectory"/>.</exception>
    ValueTask<DirectorySubspace> CreateAsync(
        Transaction transaction,
        IReadOnlyList<string> path,
        ReadOnlySpan<byte> layer,
        ReadOnlySpan<byte> prefix = default);

    /// <summary>Moves a directory, with all below it; the content stays where it is.</summary>
    /// <returns>The directory at its new place. Who has it open goes on using it.</returns>
    /// <exception cref="FerrisException"><see cref="ErrorCode.DirectoryDoesNotExist"/>: there is nothing to move.
    /// <see cref="ErrorCode.DirectoryAlreadyExists"/>: the new path is taken.
    /// <see cref="ErrorCode.ParentDirectoryDoesNotExist"/>: nothing is above the new path.
    /// <see cref="ErrorCode.InvalidDestinationDirectory"/>: the new path lies in the directory.
    /// <see cref="ErrorCode.CannotMoveDirectoryBetweenPartitions"/>.
    /// <see cref="ErrorCode.CannotModifyRootDirectory"/>.</exception>
    ValueTask<DirectorySubspace> MoveAsync(
        Transaction transaction, IReadOnlyList<string> oldPath, IReadOnlyList<string> newPath);

    /// <summary>Removes a directory with its content and all below it; with no path, this one.</summary>
    /// <remarks>Who has it open can still write into what was its content: see to it that nobody does.</remarks>
    /// <exception cref="FerrisException"><see cref="ErrorCode.DirectoryDoesNotExist"/>.
    /// <see cref="ErrorCode.CannotModifyRootDirectory"/>.</exception>
    ValueTask RemoveAsync(Transaction transaction, params IReadOnlyList<string> path);

    /// <summary>As <see cref="RemoveAsync"/>; false if the directory is not there.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.CannotModifyRootDirectory"/>.</exception>
    ValueTask<bool> RemoveIfExistsAsync(Transaction transaction, params IReadOnlyList<string> path);

    /// <summary>True if a directory is there; with no path, this one.</summary>
    ValueTask<bool> ExistsAsync(IReadTransaction transaction, params IReadOnlyList<string> path);

    /// <summary>The names of the directories in a directory, in order; with no path, of those in this one.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.DirectoryDoesNotExist"/>.</exception>
    ValueTask<IReadOnlyList<string>> ListAsync(IReadTransaction transaction, params IReadOnlyList<string> path);
}

namespace FerrisDB.Storage;

/// <summary>Where backups are kept: named objects, each of them whole or not there.</summary>
/// <remarks>
/// Names are relative, with slashes: <c>objects/3f6c</c>. An object is written once and never changed, but for being
/// written again with the same bytes. Failures are <see cref="FerrisException"/> with <see cref="ErrorCode.IoError"/>
/// or <see cref="ErrorCode.DiskFull"/> and name the place. For one caller at a time.
/// </remarks>
public interface IBackupStore
{
    /// <summary>The place, for messages.</summary>
    string Location { get; }

    /// <summary>
    /// Keeps others out until it is disposed: all of them, or only those who want to change something.
    /// </summary>
    /// <param name="exclusive">To change something; then a place that does not exist yet is created.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.FolderLocked"/>: somebody else has it. <see cref="ErrorCode.FileNotFound"/>: there is no
    /// such place.
    /// </exception>
    ValueTask<IAsyncDisposable> LockAsync(bool exclusive, CancellationToken cancellationToken = default);

    /// <summary>
    /// The objects directly in a folder ("" is the place itself), named without it, in ordinal order.
    /// </summary>
    ValueTask<IReadOnlyList<StoredObject>> ListAsync(string folder, CancellationToken cancellationToken = default);

    /// <summary>Opens an object to be read once from its begin to its end; null if it is not there.</summary>
    ValueTask<Stream?> OpenReadAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Writes an object. When it returns, the object is there, and survives power loss.</summary>
    /// <param name="name">Its name; one that exists is replaced.</param>
    /// <param name="content">Its bytes, read once.</param>
    /// <param name="sizeBytes">How many there are.</param>
    /// <param name="cancellationToken">Gives up; then the object is not there.</param>
    ValueTask WriteAsync(string name, Stream content, long sizeBytes, CancellationToken cancellationToken = default);

    /// <summary>Deletes an object that is there. When it returns, it does not come back.</summary>
    ValueTask DeleteAsync(string name, CancellationToken cancellationToken = default);
}

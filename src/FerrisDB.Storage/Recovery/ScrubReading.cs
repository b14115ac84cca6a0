namespace FerrisDB.Storage;

/// <summary>Told of damage: the error, the name of the file, and where in it.</summary>
internal delegate void DamageVisitor(FerrisException error, string name, long offset);

/// <summary>A file that a <see cref="Scrub"/> goes through, block by block or record by record.</summary>
/// <remarks>Owns the open file and one reference to its handle.</remarks>
internal abstract class ScrubReading(FileHandle handle, IFile file) : IDisposable
{
    public FileHandle Handle { get; } = handle;

    public abstract bool IsAtEnd { get; }

    protected IFile Content { get; } = file;

    protected string Name => Path.GetFileName(Content.Path);

    /// <summary>
    /// Begins with what must be whole for the rest to be found. Takes the file over, even if it throws.
    /// </summary>
    /// <exception cref="FerrisException">It is not; the handle is still the caller's.</exception>
    public static ScrubReading Of(FileHandle handle, IFile file)
    {
        try
        {
            if (handle is BlobHandle blob)
            {
                CheckLength(file, blob.Metadata.SizeBytes);
                BlobFooter.Read(file, blob.FileNumber);
                return new OfBlob(handle, file);
            }
            CheckLength(file, ((TableHandle)handle).Metadata.SizeBytes);
            return new OfTable(handle, file, SSTableLayout.Read(file).Blocks);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Checks the next piece and returns its bytes.</summary>
    public abstract long ReadNext(DamageVisitor report);

    public void Dispose()
    {
        Content.Dispose();
        Handle.Release();
    }

    private static void CheckLength(IFile file, long expected)
    {
        if (file.Length != expected)
            throw FerrisException.Corrupt(file.Path, file.Length, $"{expected} bytes", $"{file.Length}");
    }

    private sealed class OfTable(
        FileHandle handle, IFile file, IReadOnlyList<(BlockKind Kind, BlockHandle Handle)> blocks)
        : ScrubReading(handle, file)
    {
        private int _next;

        public override bool IsAtEnd => _next == blocks.Count;

        public override long ReadNext(DamageVisitor report)
        {
            var (kind, place) = blocks[_next++];
            try
            {
                using var stored = NativeBuffer.Allocate(place.SizeBytes);
                var read = Content.Read(place.Offset, stored.Span);
                if (read < place.SizeBytes)
                {
                    throw FerrisException.Corrupt(
                        Content.Path, place.Offset + read, $"a block of {place.SizeBytes} bytes",
                        "the end of the file");
                }
                StoredBlock.Verify(stored.Span[..place.SizeBytes], Content.Path, place.Offset, kind);
            }
            catch (FerrisException error)
            {
                report(error, Name, place.Offset);
            }
            return place.SizeBytes;
        }
    }

    private sealed class OfBlob(FileHandle handle, IFile file) : ScrubReading(handle, file)
    {
        private readonly BlobWalk _walk = new(file);
        private bool _isLost;

        public override bool IsAtEnd => _isLost || _walk.IsAtEnd;

        public override long ReadNext(DamageVisitor report)
        {
            try
            {
                _walk.Read();
            }
            catch (FerrisException error)
            {
                report(error, Name, _walk.Offset);
            }
            // Where a record does not tell how long it is, nobody can tell where the next one begins.
            var bytes = _walk.SizeBytes;
            _isLost = !_walk.Skip();
            return bytes;
        }
    }
}

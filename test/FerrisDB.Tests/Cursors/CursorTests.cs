using FerrisDB.Storage;

namespace FerrisDB.Tests.Cursors;

// What is behind a disposed cursor serves the next one that is opened; the old handle must not move that.
public sealed class CursorTests : IDisposable
{
    private readonly StorageEngine _engine =
        StorageEngine.Open("db", new StorageOptions { FileSystem = new MemoryFileSystem() });

    public CursorTests()
    {
        _engine.Put("a"u8, "1"u8);
        _engine.Put("b"u8, "2"u8);
    }

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void A_disposed_cursor_stays_disposed_when_the_next_one_is_opened()
    {
        var old = _engine.OpenCursor();
        Assert.True(old.SeekToFirst());
        old.Dispose();
        using var cursor = _engine.OpenCursor();
        Assert.True(cursor.SeekToLast());

        Assert.False(old.IsValid);
        Assert.Throws<ObjectDisposedException>(() => old.Next());
        Assert.Throws<ObjectDisposedException>(() => old.Version);
        Assert.Throws<ObjectDisposedException>(() => old.Key.Length);
        old.Dispose();
        Assert.Equal("b"u8, cursor.Key);
        Assert.Equal(1, _engine.GetStatistics().OpenCursors);
    }

    [Fact]
    public void A_copy_of_a_cursor_is_the_same_cursor()
    {
        using var cursor = _engine.OpenCursor();
        var copy = cursor;
        Assert.True(cursor.SeekToFirst());
        Assert.True(copy.Next());
        Assert.Equal("b"u8, cursor.Key);
        copy.Dispose();
        Assert.Throws<ObjectDisposedException>(() => copy.Next());
        Assert.Throws<ObjectDisposedException>(() => default(Cursor).SeekToFirst());
        Assert.False(default(Cursor).IsValid);
        default(Cursor).Dispose();
    }

    [Fact]
    public void A_cursor_off_all_keys_or_of_keys_only_says_so()
    {
        using var cursor = _engine.OpenCursor(new CursorOptions { KeysOnly = true });
        Assert.Throws<InvalidOperationException>(() => cursor.Next());
        Assert.Throws<InvalidOperationException>(() => cursor.Key.Length);
        Assert.True(cursor.SeekToFirst());
        Assert.Throws<InvalidOperationException>(() => cursor.Value.Length);
        Assert.False(cursor.Previous());
        Assert.Throws<InvalidOperationException>(() => cursor.Previous());
    }
}

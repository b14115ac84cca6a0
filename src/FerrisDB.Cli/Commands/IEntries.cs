namespace FerrisDB.Cli;

/// <summary>Entries of the database, one after the other.</summary>
internal interface IEntries : IDisposable
{
    /// <summary>Valid until the next call of <see cref="Next"/>.</summary>
    ReadOnlySpan<byte> Key { get; }

    /// <summary>Valid until the next call of <see cref="Next"/>.</summary>
    ReadOnlySpan<byte> Value { get; }

    /// <summary>The version that they are of.</summary>
    long Version { get; }

    /// <summary>The limit has ended them, and there are more.</summary>
    bool HasMore { get; }

    /// <summary>Goes to the next entry, at first to the first one. False at the end.</summary>
    bool Next();
}

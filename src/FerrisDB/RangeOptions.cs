namespace FerrisDB;

/// <summary>How a range is read. The default reads all of it, forwards.</summary>
public readonly record struct RangeOptions
{
    // Shifted, so that the default of the struct is the default of the mode.
    private readonly int _mode;

    /// <summary>Rows at most; 0 is unlimited.</summary>
    public int Limit { get; init; }

    /// <summary>
    /// Bytes of keys and values at most, about: the row that reaches it is the last one; 0 is unlimited.
    /// </summary>
    public int TargetBytes { get; init; }

    /// <summary>How much is fetched at once. Default: <see cref="StreamingMode.Iterator"/>.</summary>
    public StreamingMode Mode
    {
        get => (StreamingMode)(_mode + (int)StreamingMode.Iterator);
        init => _mode = (int)value - (int)StreamingMode.Iterator;
    }

    /// <summary>From the last row to the first; a limit then takes the last rows.</summary>
    public bool Reverse { get; init; }
}

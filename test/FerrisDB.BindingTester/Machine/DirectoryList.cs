using FerrisDB.Layers;

namespace FerrisDB.BindingTester;

/// <summary>
/// The directories and subspaces that a machine has made, in the order in which it did; null where it failed to.
/// </summary>
internal sealed class DirectoryList
{
    private readonly List<object?> _all = [new DirectoryLayer()];
    private int _current;

    /// <summary>The place of the one that is used when the chosen one is null.</summary>
    public int ErrorIndex { get; set; }

    public object? this[int index] => _all[index];

    /// <summary>The place of the current one.</summary>
    public int Current
    {
        get => _current;
        set => _current = _all[value] is null ? ErrorIndex : value;
    }

    /// <summary>The current one as a directory.</summary>
    public IDirectory Directory => _all[_current] as IDirectory ?? throw Wrong("directory");

    /// <summary>The current one as a subspace.</summary>
    public Subspace Subspace => _all[_current] as Subspace ?? throw Wrong("subspace");

    public void Add(object? directoryOrSubspace) => _all.Add(directoryOrSubspace);

    private FerrisException Wrong(string wanted) => new(
        ErrorCode.ClientInvalidOperation, $"Number {_current} of the list of directories is no {wanted}.");
}

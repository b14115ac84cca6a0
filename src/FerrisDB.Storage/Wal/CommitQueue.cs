namespace FerrisDB.Storage;

/// <summary>Commits in order, linked through themselves.</summary>
internal struct CommitQueue
{
    private CommitRequest? _tail;

    public CommitRequest? Head { get; private set; }

    public readonly bool IsEmpty => Head is null;

    public void Enqueue(CommitRequest request)
    {
        request.Next = null;
        if (_tail is null)
            Head = request;
        else
            _tail.Next = request;
        _tail = request;
    }

    public CommitRequest? Dequeue()
    {
        var request = Head;
        if (request is null)
            return null;
        Head = request.Next;
        if (Head is null)
            _tail = null;
        request.Next = null;
        return request;
    }

    /// <summary>Moves all of another queue behind this one.</summary>
    public void TakeAll(ref CommitQueue other)
    {
        if (other.Head is null)
            return;
        if (_tail is null)
            Head = other.Head;
        else
            _tail.Next = other.Head;
        _tail = other._tail;
        other = default;
    }
}

namespace FerrisDB.Storage;

/// <summary>Commits in order, linked through themselves.</summary>
internal struct CommitQueue
{
    private CommitRequest? _tail;

    public CommitRequest? Head { get; private set; }

    public int Count { get; private set; }

    public readonly bool IsEmpty => Head is null;

    public void Enqueue(CommitRequest request)
    {
        request.Next = null;
        if (_tail is null)
            Head = request;
        else
            _tail.Next = request;
        _tail = request;
        Count++;
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
        Count--;
        return request;
    }

    /// <summary>The first that is wanted, which stays; or null.</summary>
    public readonly CommitRequest? Find(Func<CommitRequest, bool> isWanted)
    {
        var request = Head;
        while (request is not null && !isWanted(request))
            request = request.Next;
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
        Count += other.Count;
        other = default;
    }
}

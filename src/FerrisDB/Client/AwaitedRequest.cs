using System.Threading.Tasks.Sources;

namespace FerrisDB;

/// <summary>A request whose answer somebody awaits, once.</summary>
internal abstract class AwaitedRequest<T>(MessageType type, RoleEndpoint endpoint)
    : RemoteRequest(type, endpoint), IValueTaskSource<T>, IValueTaskSource
{
    // Whoever receives must go on receiving, unless those who wait are known to be quick.
    private ManualResetValueTaskSourceCore<T> _answer = new() { RunContinuationsAsynchronously = true };

    public ValueTask<T> Answer => new(this, _answer.Version);

    /// <summary>As <see cref="Answer"/>, for those to whom it says enough that there is one.</summary>
    public ValueTask Done => new(this, _answer.Version);

    public sealed override void AnswerInline() => _answer.RunContinuationsAsynchronously = false;

    public sealed override void Fail(Exception error) => _answer.SetException(error);

    protected void SetAnswer(T answer) => _answer.SetResult(answer);

    T IValueTaskSource<T>.GetResult(short token) => _answer.GetResult(token);

    void IValueTaskSource.GetResult(short token) => _answer.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _answer.GetStatus(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _answer.GetStatus(token);

    void IValueTaskSource<T>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _answer.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _answer.OnCompleted(continuation, state, token, flags);
}

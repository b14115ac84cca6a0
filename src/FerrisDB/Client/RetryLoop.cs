namespace FerrisDB;

/// <summary>
/// Runs functions in transactions of a database and commits them; again, where another attempt may cure what went
/// wrong.
/// </summary>
/// <remarks>
/// The body is passed beside a function that knows how to call it: no closure for each transaction. Where nothing has
/// to be waited for, and the first attempt succeeds, it goes straight through, without a state machine.
/// </remarks>
internal readonly struct RetryLoop(Database database)
{
    /// <summary>Runs a function that has a result.</summary>
    public ValueTask<T> RunAsync<T>(
        Func<Transaction, ValueTask<T>> body, Durability? durability, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        return StartAsync(body, static (body, transaction) => body(transaction), durability, cancellationToken);
    }

    /// <summary>Runs a function without a result.</summary>
    public ValueTask RunAsync(
        Func<Transaction, ValueTask> body, Durability? durability, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        return WithoutResult(StartAsync(
            body, static (body, transaction) => WithResult(body(transaction)), durability, cancellationToken));
    }

    /// <summary>Runs an action that waits for nothing.</summary>
    public ValueTask RunAsync(Action<Transaction> body, Durability? durability, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        return WithoutResult(StartAsync(body, RunAction, durability, cancellationToken));
    }

    /// <summary>Runs a function that only reads.</summary>
    public ValueTask<T> ReadAsync<T>(
        Func<IReadTransaction, ValueTask<T>> body, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        return StartAsync(body, static (body, transaction) => body(transaction), null, cancellationToken);
    }

    /// <summary>Runs all attempts, whoever listens.</summary>
    public ValueTask<T> AttemptAsync<TBody, T>(
        TBody body, Func<TBody, Transaction, ValueTask<T>> call, Durability? durability,
        CancellationToken cancellationToken) =>
        AttemptAsync(database.CreateTransaction(), null, body, call, durability, cancellationToken);

    private ValueTask<T> StartAsync<TBody, T>(
        TBody body, Func<TBody, Transaction, ValueTask<T>> call, Durability? durability,
        CancellationToken cancellationToken)
    {
        if (DatabaseTelemetry.ObservesTransactions || cancellationToken.IsCancellationRequested || database.IsDisposed)
            return ObservedOperation.RunAsync(database, this, body, call, durability, cancellationToken);
        var transaction = database.CreateTransaction();
        try
        {
            var running = call(body, transaction);
            if (!running.IsCompletedSuccessfully)
                return AwaitAsync(transaction, running, null, body, call, durability, cancellationToken);
            var result = running.Result;
            var committing = transaction.TryCommitAsync(durability, isLast: true);
            if (!committing.IsCompletedSuccessfully)
                return AwaitAsync(transaction, new(result), committing, body, call, durability, cancellationToken);
            if (committing.Result is { } failure)
                return AttemptAsync(transaction, failure, body, call, durability, cancellationToken);
            transaction.Dispose();
            return new ValueTask<T>(result);
        }
        catch (Exception exception)
        {
            var failed = ValueTask.FromException<T>(exception);
            return AwaitAsync(transaction, failed, null, body, call, durability, cancellationToken);
        }
    }

    // The first attempt is under way.
    private async ValueTask<T> AwaitAsync<TBody, T>(
        Transaction transaction, ValueTask<T> running, ValueTask<FerrisException?>? committing, TBody body,
        Func<TBody, Transaction, ValueTask<T>> call, Durability? durability, CancellationToken cancellationToken)
    {
        FerrisException? failure;
        try
        {
            var result = await running;
            failure = await (committing ?? transaction.TryCommitAsync(durability));
            if (failure is null)
            {
                transaction.Dispose();
                return result;
            }
        }
        catch (FerrisException exception)
        {
            failure = exception;
        }
        catch
        {
            transaction.Dispose();
            throw;
        }
        return await AttemptAsync(transaction, failure, body, call, durability, cancellationToken);
    }

    // What the attempt before has failed with, if there was one.
    private async ValueTask<T> AttemptAsync<TBody, T>(
        Transaction transaction, FerrisException? failure, TBody body, Func<TBody, Transaction, ValueTask<T>> call,
        Durability? durability, CancellationToken cancellationToken)
    {
        using var owned = transaction;
        while (true)
        {
            try
            {
                if (failure is null)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var result = await call(body, transaction);
                    failure = await transaction.TryCommitAsync(durability);
                    if (failure is null)
                        return result;
                }
            }
            catch (FerrisException exception)
            {
                failure = exception;
            }
            // Running it again might do it twice, and asking again was in vain.
            if (failure.Code == ErrorCode.CommitUnknownResult && database.IsRemote
                && database.Options.AutomaticIdempotency)
                throw new FerrisException(failure.Code, failure.Message, failure);
            await transaction.OnErrorAsync(failure, cancellationToken);
            failure = null;
        }
    }

    private static ValueTask<bool> RunAction(Action<Transaction> body, Transaction transaction)
    {
        body(transaction);
        return new ValueTask<bool>(true);
    }

    private static ValueTask<bool> WithResult(ValueTask running)
    {
        if (!running.IsCompletedSuccessfully)
            return AwaitAsync(running);
        running.GetAwaiter().GetResult();
        return new ValueTask<bool>(true);

        static async ValueTask<bool> AwaitAsync(ValueTask running)
        {
            await running;
            return true;
        }
    }

    private static ValueTask WithoutResult(ValueTask<bool> running)
    {
        if (!running.IsCompletedSuccessfully)
            return new ValueTask(running.AsTask());
        _ = running.Result;
        return ValueTask.CompletedTask;
    }
}

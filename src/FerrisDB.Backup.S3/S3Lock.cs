using System.Text;
using Amazon.S3;
using Amazon.S3.Model;

namespace FerrisDB.Backup.S3;

/// <summary>A lock that is an object: see <see cref="S3BackupStore"/>. For one caller at a time.</summary>
internal sealed class S3Lock(IAmazonS3 client, string bucket, string key, TimeProvider clock)
{
    /// <summary>One that was not renewed for so long belongs to nobody.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromHours(1);

    private static readonly TimeSpan RenewedAfter = TimeSpan.FromMinutes(5);

    private bool _isHeld;
    private long _renewedAt;

    /// <summary>A lock that keeps nobody out.</summary>
    public static IAsyncDisposable None { get; } = new Holder(null);

    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.FolderLocked"/>: somebody else has it; the message says who.
    /// </exception>
    public async ValueTask<IAsyncDisposable> TakeAsync(CancellationToken cancellationToken)
    {
        if (!await TryCreateAsync(cancellationToken))
        {
            await DeleteStaleAsync(cancellationToken);
            if (!await TryCreateAsync(cancellationToken))
                throw Locked("somebody who was faster");
        }
        _isHeld = true;
        _renewedAt = clock.GetTimestamp();
        return new Holder(this);
    }

    /// <summary>By who has it, now and then: says that it is still needed.</summary>
    public async ValueTask RenewAsync(CancellationToken cancellationToken)
    {
        if (!_isHeld || clock.GetElapsedTime(_renewedAt) < RenewedAfter)
            return;
        _renewedAt = clock.GetTimestamp();
        using var body = Content();
        var request = NewRequest(body);
        await S3Errors.TranslateAsync("renew the lock", () => client.PutObjectAsync(request, cancellationToken));
    }

    private async ValueTask<bool> TryCreateAsync(CancellationToken cancellationToken)
    {
        using var body = Content();
        var request = NewRequest(body);
        request.IfNoneMatch = "*";
        try
        {
            await client.PutObjectAsync(request, cancellationToken);
            return true;
        }
        catch (AmazonS3Exception error) when (S3Errors.IsTaken(error))
        {
            return false;
        }
        catch (Exception error) when (S3Errors.IsFailure(error))
        {
            throw S3Errors.Translate($"lock s3://{bucket}/{key}", error);
        }
    }

    private async ValueTask DeleteStaleAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var found = await client.GetObjectAsync(bucket, key, cancellationToken);
            using var reader = new StreamReader(found.ResponseStream, Encoding.UTF8);
            var owner = (await reader.ReadToEndAsync(cancellationToken)).TrimEnd();
            var renewedAt = found.LastModified?.ToUniversalTime() ?? DateTime.MinValue;
            if (clock.GetUtcNow().UtcDateTime - renewedAt < StaleAfter)
                throw Locked($"{owner}, since {renewedAt:u}");
            await client.DeleteObjectAsync(bucket, key, cancellationToken);
        }
        catch (AmazonS3Exception error) when (S3Errors.IsMissing(error))
        {
            // It was given back in this moment.
        }
        catch (Exception error) when (S3Errors.IsFailure(error))
        {
            throw S3Errors.Translate($"look at the lock s3://{bucket}/{key}", error);
        }
    }

    private async ValueTask ReleaseAsync()
    {
        _isHeld = false;
        try
        {
            await client.DeleteObjectAsync(bucket, key, CancellationToken.None);
        }
        catch (Exception error) when (S3Errors.IsFailure(error))
        {
            // Nothing that was done is undone by this: the lock becomes stale by itself.
        }
    }

    private PutObjectRequest NewRequest(MemoryStream body) =>
        new() { BucketName = bucket, Key = key, InputStream = body, AutoCloseStream = false, UseChunkEncoding = false };

    private static MemoryStream Content() => new(
        Encoding.UTF8.GetBytes($"process {Environment.ProcessId} on {Environment.MachineName}\n"), writable: false);

    private FerrisException Locked(string owner) => new(
        ErrorCode.FolderLocked,
        $"s3://{bucket}/{key} is held by {owner}. One at a time may change backups; if it was killed, its lock is void "
            + $"{StaleAfter.TotalMinutes:0} minutes after it was renewed last.");

    private sealed class Holder(S3Lock? held) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => held is { _isHeld: true } ? held.ReleaseAsync() : ValueTask.CompletedTask;
    }
}

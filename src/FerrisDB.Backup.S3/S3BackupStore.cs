using System.Buffers;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace FerrisDB.Backup.S3;

// An object of a backup is an object of the bucket, below the prefix. The store shows objects whole or not at all, also
// those that are sent in parts; so nothing else is needed for a backup to count only when all of it is there.
//
// The lock is an object too, LOCK, created on the condition that there is none. Who holds it writes it anew now and
// then, while it makes progress; one that has not been written for an hour was left by somebody who was killed, and is
// taken over. Readers do not lock: what is there does not change, and a pruning beside a restore makes the restore fail
// and say so.

/// <summary>Backups in a bucket of Amazon S3, or of a store that speaks its protocol.</summary>
/// <remarks>
/// Needs a store with conditional writes (If-None-Match), as S3 itself, MinIO, Ceph and R2 have. For one caller at a
/// time.
/// </remarks>
public sealed class S3BackupStore : IBackupStore, IDisposable
{
    /// <summary>An object that is larger is sent in parts of this size, and a store takes 10,000 parts.</summary>
    internal const int PartBytesMin = 16 << 20;

    private const int PartsMax = 10_000;

    private readonly IAmazonS3 _client;
    private readonly string _bucket;
    private readonly string _prefix;
    private readonly S3Lock _lock;
    private readonly bool _ownsClient;

    /// <summary>A store with a client of one's own, which knows endpoint, region and credentials.</summary>
    /// <param name="client">It is not disposed.</param>
    /// <param name="bucket">An existing bucket.</param>
    /// <param name="prefix">What all names begin with, such as <c>backups/mydb</c>; may be empty.</param>
    /// <param name="clock">Tells whether a lock is stale; null is the system's.</param>
    public S3BackupStore(IAmazonS3 client, string bucket, string prefix = "", TimeProvider? clock = null)
        : this(client, bucket, prefix, clock ?? TimeProvider.System, ownsClient: false)
    {
    }

    private S3BackupStore(IAmazonS3 client, string bucket, string prefix, TimeProvider clock, bool ownsClient)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentException.ThrowIfNullOrEmpty(bucket);
        ArgumentNullException.ThrowIfNull(prefix);
        _client = client;
        _bucket = bucket;
        _prefix = prefix.Trim('/') is { Length: > 0 } trimmed ? trimmed + "/" : "";
        _ownsClient = ownsClient;
        _lock = new S3Lock(client, bucket, _prefix + "LOCK", clock);
    }

    /// <inheritdoc/>
    public string Location => $"s3://{_bucket}/{_prefix}".TrimEnd('/');

    /// <summary>
    /// Opens <c>s3://bucket/prefix</c> with what the environment says of credentials, region and endpoint
    /// (<c>AWS_ACCESS_KEY_ID</c>, <c>AWS_SECRET_ACCESS_KEY</c>, <c>AWS_REGION</c>, <c>AWS_ENDPOINT_URL_S3</c>, and the
    /// files and services that the SDK knows).
    /// </summary>
    /// <param name="location">The bucket, and a prefix.</param>
    /// <param name="endpoint">The address of a store that is not Amazon's; null leaves it to the environment.</param>
    /// <exception cref="ArgumentException">It is no <c>s3://bucket</c>, or nothing says where that is.</exception>
    public static S3BackupStore Open(string location, Uri? endpoint = null)
    {
        ArgumentNullException.ThrowIfNull(location);
        if (!Uri.TryCreate(location, UriKind.Absolute, out var uri) || uri.Scheme != "s3" || uri.Host.Length == 0)
            throw new ArgumentException($"'{location}' is no s3://bucket/prefix.", nameof(location));
        var prefix = Uri.UnescapeDataString(uri.AbsolutePath);
        try
        {
            return new S3BackupStore(
                S3Client.Create(endpoint), uri.Host, prefix, TimeProvider.System, ownsClient: true);
        }
        catch (AmazonClientException failure)
        {
            throw new ArgumentException(
                $"'{location}' cannot be found: {failure.Message}. Set AWS_REGION, or AWS_ENDPOINT_URL_S3 for a store "
                + "that is not Amazon's.",
                nameof(location), failure);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IAsyncDisposable> LockAsync(bool exclusive, CancellationToken cancellationToken = default) =>
        exclusive ? _lock.TakeAsync(cancellationToken) : ValueTask.FromResult(S3Lock.None);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<StoredObject>> ListAsync(
        string folder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var prefix = folder.Length == 0 ? _prefix : $"{_prefix}{folder}/";
        var request = new ListObjectsV2Request { BucketName = _bucket, Prefix = prefix, Delimiter = "/" };
        var found = new List<StoredObject>();
        ListObjectsV2Response page;
        do
        {
            page = await S3Errors.TranslateAsync(
                $"list {Location}", () => _client.ListObjectsV2Async(request, cancellationToken));
            foreach (var item in page.S3Objects ?? [])
                found.Add(new StoredObject(item.Key[prefix.Length..], item.Size ?? 0));
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
        return [.. found.Where(item => item.Name is not ("LOCK" or ""))
            .OrderBy(item => item.Name, StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public async ValueTask<Stream?> OpenReadAsync(string name, CancellationToken cancellationToken = default)
    {
        try
        {
            var response = await _client.GetObjectAsync(_bucket, _prefix + name, cancellationToken);
            return new S3ReadStream(response, $"read {Location}/{name}");
        }
        catch (AmazonS3Exception error) when (S3Errors.IsMissing(error))
        {
            return null;
        }
        catch (Exception error) when (S3Errors.IsFailure(error))
        {
            throw S3Errors.Translate($"read {Location}/{name}", error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(
        string name, Stream content, long sizeBytes, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        await _lock.RenewAsync(cancellationToken);
        var partBytes = Math.Max(PartBytesMin, (sizeBytes / PartsMax) + 1);
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(partBytes, Math.Max(sizeBytes, 1)));
        try
        {
            if (sizeBytes <= partBytes)
                await PutAsync(name, content, buffer.AsMemory(0, (int)sizeBytes), cancellationToken);
            else
                await new S3Upload(_client, _bucket, _prefix + name, $"write {Location}/{name}", _lock)
                    .RunAsync(content, sizeBytes, buffer.AsMemory(0, (int)partBytes), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(string name, CancellationToken cancellationToken = default)
    {
        await _lock.RenewAsync(cancellationToken);
        await S3Errors.TranslateAsync(
            $"delete {Location}/{name}", () => _client.DeleteObjectAsync(_bucket, _prefix + name, cancellationToken));
    }

    /// <summary>Lets a client go that <see cref="Open"/> has made.</summary>
    public void Dispose()
    {
        if (_ownsClient)
            _client.Dispose();
    }

    private async ValueTask PutAsync(
        string name, Stream content, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await content.ReadExactlyAsync(buffer, cancellationToken);
        using var body = S3Upload.StreamOf(buffer);
        var request = new PutObjectRequest
        {
            BucketName = _bucket,
            Key = _prefix + name,
            InputStream = body,
            AutoCloseStream = false,
            UseChunkEncoding = false,
        };
        await S3Errors.TranslateAsync(
            $"write {Location}/{name}", () => _client.PutObjectAsync(request, cancellationToken));
    }
}

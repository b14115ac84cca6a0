using System.Runtime.InteropServices;
using Amazon.S3;
using Amazon.S3.Model;

namespace FerrisDB.Backup.S3;

/// <summary>
/// Sends one large object in parts. Until the last request it is not there, and takes no place if it fails.
/// </summary>
internal sealed class S3Upload(IAmazonS3 client, string bucket, string key, string operation, S3Lock held)
{
    /// <param name="content">Read once.</param>
    /// <param name="sizeBytes">How many bytes there are.</param>
    /// <param name="part">Room for a part.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask RunAsync(
        Stream content, long sizeBytes, Memory<byte> part, CancellationToken cancellationToken)
    {
        var begun = await S3Errors.TranslateAsync(
            operation, () => client.InitiateMultipartUploadAsync(bucket, key, cancellationToken));
        try
        {
            var parts = new List<PartETag>();
            for (var offset = 0L; offset < sizeBytes; offset += part.Length)
            {
                var bytes = part[..(int)Math.Min(part.Length, sizeBytes - offset)];
                await content.ReadExactlyAsync(bytes, cancellationToken);
                await held.RenewAsync(cancellationToken);
                parts.Add(await SendAsync(begun.UploadId, parts.Count + 1, bytes, cancellationToken));
            }
            await S3Errors.TranslateAsync(operation, () => client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest
                {
                    BucketName = bucket,
                    Key = key,
                    UploadId = begun.UploadId,
                    PartETags = parts,
                },
                cancellationToken));
        }
        catch
        {
            await AbortAsync(begun.UploadId);
            throw;
        }
    }

    /// <summary>A stream over bytes of an array, which the SDK can read again when it tries again.</summary>
    public static MemoryStream StreamOf(ReadOnlyMemory<byte> bytes)
    {
        var isArray = MemoryMarshal.TryGetArray(bytes, out var array);
        return isArray
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(bytes.ToArray(), writable: false);
    }

    private async ValueTask<PartETag> SendAsync(
        string uploadId, int number, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        using var body = StreamOf(bytes);
        var request = new UploadPartRequest
        {
            BucketName = bucket,
            Key = key,
            UploadId = uploadId,
            PartNumber = number,
            InputStream = body,
            PartSize = bytes.Length,
            UseChunkEncoding = false,
        };
        var sent = await S3Errors.TranslateAsync(operation, () => client.UploadPartAsync(request, cancellationToken));
        return new PartETag(number, sent.ETag);
    }

    // The first failure is the one to be told. Parts that stay cost space until the bucket's own rules remove them.
    private async ValueTask AbortAsync(string uploadId)
    {
        try
        {
            await client.AbortMultipartUploadAsync(bucket, key, uploadId, CancellationToken.None);
        }
        catch (Exception error) when (S3Errors.IsFailure(error))
        {
        }
    }
}

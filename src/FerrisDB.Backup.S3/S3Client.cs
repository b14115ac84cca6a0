using Amazon.Runtime;
using Amazon.S3;

namespace FerrisDB.Backup.S3;

/// <summary>Makes clients that get along with stores which are not Amazon's, too.</summary>
internal static class S3Client
{
    public static AmazonS3Client Create(
        Uri? endpoint, AWSCredentials? credentials = null, int? retriesMax = null)
    {
        var config = new AmazonS3Config
        {
            // Checksums of the protocol's newest version are unknown to many stores. Backups have hashes of their own.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (retriesMax is { } retries)
            config.MaxErrorRetry = retries;
        if (endpoint is not null)
        {
            config.ServiceURL = endpoint.ToString();
            // A store at an address of its own has no host name for each bucket.
            config.ForcePathStyle = true;
            config.AuthenticationRegion = Environment.GetEnvironmentVariable("AWS_REGION") ?? "us-east-1";
        }
        return credentials is null ? new AmazonS3Client(config) : new AmazonS3Client(credentials, config);
    }
}

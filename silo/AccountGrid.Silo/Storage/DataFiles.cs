using System.Security.Cryptography;
using AccountGrid.Application;
using AccountGrid.Gateway;
using AccountGrid.Gateway.Auth;
using AccountGrid.KeyFiles;
using Microsoft.Extensions.Options;

namespace AccountGrid.Silo;

/// <summary>
/// The files of a data directory beside the store's own. They are made once the store has locked the directory, so that
/// a silo that is refused leaves nothing behind.
/// </summary>
internal sealed class DataFiles(string directory, CheckpointSettings checkpoints, IOptions<GatewayOptions> gateway)
{
    /// <summary>The key that signs checkpoints.</summary>
    public string CheckpointKey { get; } = Path.Combine(directory, "checkpoint-key.pem");

    /// <summary>The checkpoint log outside the store.</summary>
    public string CheckpointLog { get; } = checkpoints.File is { Length: > 0 } file
        ? Path.GetFullPath(file)
        : Path.Combine(directory, "checkpoints.jsonl");

    /// <summary>The boundaries of MACs outside the store: beside the checkpoint log.</summary>
    public string MacBoundaries => Path.Combine(Path.GetDirectoryName(CheckpointLog)!, "macs.jsonl");

    /// <summary>The last entry of the policy record, outside the store: beside the checkpoint log.</summary>
    public string PolicyMark => Path.Combine(Path.GetDirectoryName(CheckpointLog)!, "policy.mark");

    /// <summary>The development signing key of a data directory. A reader of it can mint any token.</summary>
    public static string DevelopmentKeyIn(string directory) => Path.Combine(directory, DevelopmentKey.FileName);

    /// <summary>The keys whose checkpoints are trusted.</summary>
    public CheckpointKeys ReadCheckpointKeys()
    {
        using var current = KeyFile.OpenOrCreate(CheckpointKey);
        return CheckpointKeys.FromPem(
            [current.ExportSubjectPublicKeyInfoPem(), .. checkpoints.EarlierKeys.Select(File.ReadAllText)]);
    }

    /// <summary>The seal of snapshots, under a key of this directory.</summary>
    public SnapshotSeal ReadSnapshotSeal()
    {
        using var current = KeyFile.OpenOrCreate(CheckpointKey);
        return SnapshotSeal.From(current);
    }

    /// <summary>
    /// The MACs of journal entries, under keys that are derived from the checkpoint key and from those of
    /// <see cref="CheckpointSettings.EarlierKeys"/>.
    /// </summary>
    /// <exception cref="InvalidDataException">
    /// A file with a private key may be read by others, or holds no P-256 key.
    /// </exception>
    public JournalMacs ReadJournalMacs()
    {
        using var current = KeyFile.OpenOrCreate(CheckpointKey);
        var others = checkpoints.EarlierKeys.Select(OpenEarlier).ToArray();
        try
        {
            return JournalMacs.From(current, others);
        }
        finally
        {
            foreach (var other in others)
            {
                other.Dispose();
            }
        }
    }

    /// <summary>Makes what is missing.</summary>
    /// <exception cref="InvalidDataException">
    /// A key file holds no key, others may read it, or it is a link to no file.
    /// </exception>
    public void Make()
    {
        if (gateway.Value.Auth.DevelopmentKeyFile is { Length: > 0 } developmentKey)
        {
            // Now, and not with the first request: it is needed to make a token for that request. A file that others
            // may read is refused at the start.
            KeyFile.OpenOrCreate(developmentKey).Dispose();
        }

        using (var key = KeyFile.OpenOrCreate(CheckpointKey))
        {
            // For auditors; and if the private key is lost, the checkpoints that it signed can still be checked.
            var publicKey = Path.Combine(directory, $"checkpoint-key.{CheckpointKeys.IdOf(key)}.pub.pem");
            if (!File.Exists(publicKey))
            {
                File.WriteAllText(publicKey, key.ExportSubjectPublicKeyInfoPem() + "\n");
            }
        }
    }

    private static ECDsa OpenEarlier(string path)
    {
        var pem = File.ReadAllText(path);
        if (pem.Contains("PRIVATE KEY", StringComparison.Ordinal))
        {
            return KeyFile.Open(path);
        }

        var key = ECDsa.Create();
        key.ImportFromPem(pem);
        return key;
    }
}

using System.Globalization;
using AccountGrid.Application;
using AccountGrid.Gateway;
using AccountGrid.KeyFiles;
using AccountGrid.Storage.Postgres;
using AccountGrid.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AccountGrid.Silo;

/// <summary>What cannot be moved, and why; nothing was changed.</summary>
internal sealed class TransferRefusedException(string why) : Exception(why);

/// <summary>
/// Moves everything out of one store and into another, by a file that depends on neither. No silo runs meanwhile.
/// </summary>
internal static class StoreTransfer
{
    /// <summary>Standard input or output instead of a file.</summary>
    public const string Standard = "-";

    /// <summary>Writes what the store of the settings holds. An unfinished file is removed.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="TransferRefusedException">There is nothing to export, or the file is there already.</exception>
    public static async Task<int> ExportAsync(
        IConfiguration configuration, string file, CancellationToken cancellationToken)
    {
        var (_, storage) = SettingsReader.Read(configuration);
        if (storage.Sqlite is not null && !File.Exists(Path.Combine(storage.DataDirectory, SqliteStore.FileName)))
        {
            throw new TransferRefusedException($"There is no {SqliteStore.FileName} in '{storage.DataDirectory}'.");
        }

        await using var store = await OpenAsync(storage, cancellationToken);
        var output = file == Standard ? Console.OpenStandardOutput() : Create(file);
        try
        {
            await using (output)
            {
                var total = await StoreExport.RunAsync(store.Audit, output, TimeProvider.System, cancellationToken);
                Say("Exported", total);
                return SiloCommand.Stopped;
            }
        }
        catch when (file != Standard)
        {
            File.Delete(file);
            throw;
        }
    }

    /// <summary>Fills the store of the settings, and has the audit verify what is there then.</summary>
    /// <returns>The exit code: <see cref="SiloCommand.Failed"/> where the audit finds something wrong.</returns>
    /// <exception cref="TransferRefusedException">The keys by which checkpoints are verified are not there.</exception>
    /// <exception cref="ExportDamagedException">The file is no whole export; nothing was imported.</exception>
    /// <exception cref="StoreNotEmptyException">The store holds something; nothing was imported.</exception>
    public static async Task<int> ImportAsync(
        IConfiguration configuration, string file, CancellationToken cancellationToken)
    {
        var (settings, storage) = SettingsReader.Read(configuration);
        var files = new DataFiles(storage.DataDirectory, settings.Checkpoints, Options.Create(new GatewayOptions()));
        if (!File.Exists(files.CheckpointKey))
        {
            throw new TransferRefusedException(
                $"There is no '{files.CheckpointKey}', so nothing that is imported could be verified. Copy the .pem files and {Path.GetFileName(files.CheckpointLog)} of the old data directory there first.");
        }

        await using var input = file == Standard ? Console.OpenStandardInput() : File.OpenRead(file);
        await using (var store = await OpenAsync(storage, cancellationToken))
        {
            Say("Imported", await StoreImport.RunAsync(input, store, cancellationToken));
        }

        await using var filled = await OpenAsync(storage, cancellationToken);
        var keys = files.ReadCheckpointKeys();
        using var signer = new ECDsaCheckpointSigner(KeyFile.Open(files.CheckpointKey));
        using var macs = new MacBoundaries(
            filled.MacBoundaries, new MacBoundaryFile(files.MacBoundaries), files.ReadJournalMacs(), keys, signer,
            TimeProvider.System, NullLogger<MacBoundaries>.Instance);
        await macs.RestoreAsync(cancellationToken);
        var verifier = new AuditVerifier(filled.Audit, new FileCheckpointLog(files.CheckpointLog), keys, macs,
            new DerivedAudit(filled.Derived, filled.FollowerAudit));
        var verdict = await verifier.VerifyAsync(cancellationToken);
        if (verdict.IsIntact)
        {
            await Console.Error.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"The audit is intact: {verdict.Entries:N0} entries of {verdict.Streams:N0} journals recomputed, {verdict.Checkpoints:N0} checkpoints."));
            return SiloCommand.Stopped;
        }

        await Console.Error.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"The audit is NOT intact: {verdict.ProblemCount:N0} problems, first {verdict.First!.Message} Do not start a silo on it."));
        return SiloCommand.Failed;
    }

    private static async Task<IStore> OpenAsync(StorageSettings storage, CancellationToken cancellationToken)
    {
        IStore store = storage.Postgres is { } postgres
            ? new PostgresStore(postgres, TimeProvider.System)
            : new SqliteStore(storage.Sqlite!, TimeProvider.System);
        try
        {
            await store.OpenAsync(cancellationToken);
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>For its owner alone: it holds the notes that people wrote.</summary>
    private static FileStream Create(string file)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Options = FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return File.Exists(file)
            ? throw new TransferRefusedException($"'{file}' is there already; it was left as it is.")
            : new FileStream(file, options);
    }

    private static void Say(string what, TransferSummary total) => Console.Error.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{what} {total.Entries:N0} entries of {total.Streams:N0} journals, {total.Followers:N0} followers of {total.Accounts:N0} accounts, {total.Checkpoints:N0} checkpoints."));
}

using System.Data;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DevopsCd.Core.Access;
using DevopsCd.Core.Approvals;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using DevopsCd.Core.Gates;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Delivery;
using DevopsCd.Shared;
using DevopsCd.Shared.Evidence;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Evidence;

/// <summary>
/// Puts together what a batch was and what was done about it, for people who were not there and need not believe us: whoever has the service's
/// public key checks it by themselves.
/// </summary>
internal sealed class EvidenceBook(CdDbContext db, GateViews gates, EvidenceOptions options, ArchiveOptions archive, TimeProvider clock)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping
    };

    /// <summary>The evidence of a batch as it is now.</summary>
    /// <param name="id">The batch.</param>
    /// <param name="by">Who asks for it, as the manifest names them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when there is no such batch.</returns>
    /// <exception cref="ArchiveUnreadableException">Its operations are in the archive alone, and the file cannot be read here.</exception>
    public async Task<EvidencePackage?> FindAsync(long id, string by, CancellationToken cancellationToken)
    {
        if (await db.Set<ArchivedBatch>().AsNoTracking().SingleOrDefaultAsync(a => a.BatchId == id, cancellationToken) is not { } kept
            || await db.Deployments.CountAsync(d => d.BatchId == id, cancellationToken) >= kept.Operations)
            return await MakeAsync(id, by, cancellationToken);
        if (archive.Folder is null)
            throw new ArchiveUnreadableException($"the operations of batch {id} are in the archive alone ({kept.File}), and core:archive:folder is not set here");
        try
        {
            var content = await File.ReadAllBytesAsync(Path.Combine(archive.Folder, kept.File), cancellationToken);
            var hash = Convert.ToHexStringLower(SHA256.HashData(content));
            return hash == kept.Sha256
                ? new EvidencePackage(Path.GetFileName(kept.File), content, hash[..32])
                : throw new ArchiveUnreadableException($"{kept.File} in the archive is not the file that was written there: its SHA-256 is {hash}");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new ArchiveUnreadableException(
                $"the operations of batch {id} are in the archive alone, and {kept.File} cannot be read there: {unreadable.GetType().Name}");
        }
    }

    /// <summary>The evidence of a batch, made of what is stored now.</summary>
    /// <inheritdoc cref="FindAsync" />
    public async Task<EvidencePackage?> MakeAsync(long id, string by, CancellationToken cancellationToken)
    {
        if (await db.Batches.Where(b => b.Id == id).Select(b => (Guid?)b.CorrelationId).SingleOrDefaultAsync(cancellationToken) is not { } correlationId)
            return null;
        if (await AuditChains.HasUnchainedAsync(db, correlationId, cancellationToken))
        {
            await db.InTransactionAsync(() => AuditChains.AdoptAsync(db, correlationId, cancellationToken), cancellationToken);
            db.ChangeTracker.Clear();
        }
        // All of it as of one moment: a row that is written meanwhile is in all files or in none.
        await using var moment = await db.Database.BeginTransactionAsync(db.Database.IsNpgsql() ? IsolationLevel.RepeatableRead : IsolationLevel.Serializable,
            cancellationToken);
        var batch = await db.Batches.AsNoTracking().SingleAsync(b => b.Id == id, cancellationToken);
        var (audit, chain) = await AuditAsync(db, correlationId, cancellationToken);
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal)
        {
            [EvidenceFile.Content] = await ContentAsync(batch, cancellationToken),
            [EvidenceFile.Approvals] = await ApprovalsAsync(id, cancellationToken),
            [EvidenceFile.Gates] = Json(new { gates = await gates.OfAsync(batch, cancellationToken) }),
            [EvidenceFile.Audit] = Encoding.UTF8.GetBytes(audit),
            [EvidenceFile.Operations] = await OperationsAsync(id, cancellationToken),
            [EvidenceFile.Notices] = await NoticesAsync(id, cancellationToken),
            [EvidenceFile.LiveVersions] = await LiveAsync(id, cancellationToken)
        };
        return Pack(batch, chain, files, by);
    }

    /// <summary>The audit of a batch as its file has it, and where it ends.</summary>
    public static async Task<(string Text, AuditChain Chain)> AuditAsync(CdDbContext db, Guid correlationId, CancellationToken cancellationToken)
    {
        var chain = await db.Set<AuditChain>().AsNoTracking().SingleOrDefaultAsync(c => c.BatchCorrelationId == correlationId, cancellationToken);
        var text = new StringBuilder();
        await foreach (var row in db.BatchEvents.AsNoTracking().Where(e => e.BatchCorrelationId == correlationId).OrderBy(e => e.Number).ThenBy(e => e.Id)
            .AsAsyncEnumerable().WithCancellation(cancellationToken))
            text.Append("{\"hash\":").Append(JsonSerializer.Serialize(row.Hash)).Append(",\"row\":").Append(AuditLine.Of(row)).Append("}\n");
        return (text.ToString(), chain ?? new AuditChain());
    }

    private EvidencePackage Pack(Batch batch, AuditChain chain, SortedDictionary<string, byte[]> files, string by)
    {
        using var key = options.OpenKey();
        var madeAt = clock.GetUtcNow();
        var hashes = files.ToDictionary(file => file.Key, file => Convert.ToHexStringLower(SHA256.HashData(file.Value)));
        var manifest = Json(new
        {
            format = EvidenceFile.Format,
            batch = new
            {
                id = batch.Id,
                correlationId = batch.CorrelationId,
                batchNumber = batch.BatchNumber,
                title = batch.Title,
                stateName = batch.Status,
                version = batch.Version
            },
            madeAt,
            madeBy = by,
            audit = new { rows = chain.Length, head = chain.Hash, rowsFromBeforeTheChain = chain.Adopted },
            files = hashes,
            key = key is null ? null : new { algorithm = key is ECDsa ? "ecdsa-sha256" : "rsa-sha256", fingerprint = EvidenceCheck.FingerprintOf(key) }
        });
        var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(EvidenceFile.Manifest, manifest);
            if (key is not null)
            {
                Add(EvidenceFile.Signature, Sign(key, manifest));
                Add(EvidenceFile.Key, Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem() + "\n"));
            }
            foreach (var (name, bytes) in files)
                Add(name, bytes);

            void Add(string name, byte[] bytes)
            {
                var entry = archive.CreateEntry(name);
                entry.LastWriteTime = madeAt;
                using var content = entry.Open();
                content.Write(bytes);
            }
        }
        // What it holds, and not when it was made.
        var tag = Convert.ToHexStringLower(SHA256.HashData(Json(hashes)))[..32];
        return new EvidencePackage($"evidence-{batch.BatchNumber}.zip", zip.ToArray(), tag);
    }

    private static byte[] Sign(AsymmetricAlgorithm key, byte[] manifest) => key is ECDsa curve
        ? curve.SignData(manifest, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
        : ((RSA)key).SignData(manifest, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    private async Task<byte[]> ContentAsync(Batch batch, CancellationToken cancellationToken)
    {
        var releases = await db.ContentOf(batch.Id).AsNoTracking().ToListAsync(cancellationToken);
        return Json(new
        {
            batch = new
            {
                batchNumber = batch.BatchNumber,
                title = batch.Title,
                projects = await ProjectsOf.Names(db, batch.Id).OrderBy(name => name).ToListAsync(cancellationToken),
                initiator = batch.Initiator,
                createdAt = batch.CreatedAt,
                approvedBy = batch.ApprovedBy,
                approvedAt = batch.ApprovedAt,
                sealedBy = batch.TaggedBy,
                sealedAt = batch.TaggedAt,
                sealNumber = batch.SealNumber,
                prodDeployStartedAt = batch.Prod.StartedAt,
                prodDeployFinishedAt = batch.Prod.FinishedAt,
                rolledBackAt = batch.RolledBackAt,
                finalAcceptedBy = batch.FinalAcceptedBy,
                finalAcceptedAt = batch.FinalAcceptedAt,
                cancelledBy = batch.CancelledBy,
                cancelledAt = batch.CancelledAt
            },
            contentHash = ContentHash.Of(releases),
            approvedContentHash = batch.ApprovedContentHash,
            releases = releases.Select(r => (Release: r, Content: ReleaseContent.Of(r)))
                .OrderBy(r => r.Content.Application, StringComparer.Ordinal).Select(r => new
                {
                    application = r.Content.Application,
                    project = r.Release.App.Project,
                    branch = r.Content.Branch,
                    buildNumber = r.Content.BuildNumber,
                    commitId = r.Content.CommitId,
                    commitAuthor = r.Release.Build?.CommitAuthor,
                    commitMessage = r.Release.Build?.CommitMessage,
                    imageName = r.Content.ImageName,
                    imageTag = r.Content.ImageTag,
                    imageDigest = r.Content.ImageDigest,
                    dependsOn = r.Content.DependsOn.Order(StringComparer.Ordinal),
                    pinnedBy = r.Release.PinnedBy,
                    preStatus = EnumNames<ReleaseStatus>.Of(r.Release.PreStatus),
                    prodStatus = EnumNames<ReleaseStatus>.Of(r.Release.ProdStatus),
                    sealedTargets = r.Release.SealedTargets is { } targets ? (JsonElement?)Parsed(targets) : null
                })
        });
    }

    private async Task<byte[]> ApprovalsAsync(long id, CancellationToken cancellationToken)
    {
        var votes = await db.Set<Vote>().AsNoTracking().Where(v => v.BatchId == id).OrderBy(v => v.Id).ToListAsync(cancellationToken);
        return Json(new
        {
            votes = votes.Select(v => new
            {
                kind = EnumNames<ApprovalKind>.Of(v.Kind),
                by = v.Name,
                groups = v.Subject is null ? null : JsonSerializer.Deserialize<Subject>(v.Subject)!.Groups.Order(StringComparer.Ordinal),
                at = v.At,
                contentHash = v.ContentHash,
                reason = v.Comment,
                withdrawnAt = v.VoidedAt,
                withdrawnBecause = v.VoidedBecause
            })
        });
    }

    private async Task<byte[]> OperationsAsync(long id, CancellationToken cancellationToken)
    {
        var operations = await db.Deployments.AsNoTracking().Where(d => d.BatchId == id).OrderBy(d => d.Id).ToListAsync(cancellationToken);
        return Json(new
        {
            operations = operations.Select(d => new
            {
                operationId = d.OperationId,
                application = d.Application,
                stage = EnumNames<Stage>.Of(d.Stage),
                cluster = d.Cluster,
                attempt = d.Attempt,
                status = EnumNames<OperationStatus>.Of(d.Status),
                tries = d.Tries,
                image = d.Image,
                takesBack = d.Reverts,
                ranBefore = d.Previous?.Name,
                target = Parsed(d.Target),
                startedAt = d.StartedAt,
                acceptedAt = d.AcceptedAt,
                finishedAt = d.FinishedAt,
                outdated = d.Outdated,
                error = d.Error,
                restarts = d.Restarts,
                cause = d.Triage is { } triage ? (JsonElement?)Parsed(triage) : null
            })
        });
    }

    private async Task<byte[]> NoticesAsync(long id, CancellationToken cancellationToken)
    {
        var notices = await db.Set<Notification>().AsNoTracking().Where(n => n.BatchId == id).OrderBy(n => n.Id).ToListAsync(cancellationToken);
        return Json(new
        {
            notices = notices.Select(n => new
            {
                kind = EnumNames<NoticeKind>.Of(n.Kind),
                channel = n.Channel,
                status = EnumNames<NotificationStatus>.Of(n.Status),
                tries = n.Tries,
                createdAt = n.CreatedAt,
                toldAt = n.ToldAt,
                notice = Parsed(n.Payload)
            })
        });
    }

    private async Task<byte[]> LiveAsync(long id, CancellationToken cancellationToken)
    {
        var applications = await db.Releases.Where(r => r.BatchId == id).Select(r => r.AppId).ToListAsync(cancellationToken);
        var first = await db.Deployments.Where(d => d.BatchId == id).MinAsync(d => (long?)d.Id, cancellationToken);
        // Operations of one place follow each other: the last row is the last that began.
        var forward = Stages.Forward[0];
        var last = db.Deployments.Where(d => d.Status == OperationStatus.Succeeded && (first == null || d.Id < first)
                && applications.Contains(d.Release.AppId))
            .GroupBy(d => new { d.Release.AppId, IsFirst = d.Stage == forward, d.Cluster }).Select(g => g.Max(d => d.Id));
        var before = await db.Deployments.AsNoTracking().Where(d => last.Contains(d.Id)).Select(d => new Live(
            d.Application, d.Stage, d.Cluster, d.Image, d.FinishedAt, db.Batches.Single(b => b.Id == d.BatchId).BatchNumber)).ToListAsync(cancellationToken);
        var now = await db.Set<LiveVersion>().AsNoTracking().Where(v => applications.Contains(v.ApplicationId)).Select(v => new Live(
            v.Application.Name, v.Stage, v.Cluster, v.Image, v.Since, db.Batches.Single(b => b.Id == v.BatchId).BatchNumber)).ToListAsync(cancellationToken);
        return Json(new { before = View(before), now = View(now) });

        static IEnumerable<object> View(IEnumerable<Live> running) => running
            .Select(r => new
            {
                application = r.Application,
                stage = EnumNames<Stage>.Of(r.Stage.Place()),
                cluster = r.Cluster,
                image = r.Image,
                since = r.Since,
                batchNumber = r.BatchNumber
            })
            .OrderBy(r => r.application, StringComparer.Ordinal).ThenBy(r => r.stage, StringComparer.Ordinal).ThenBy(r => r.cluster, StringComparer.Ordinal);
    }

    private static byte[] Json<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, s_json);

    /// <summary>What a column keeps as JSON; what is none is shown as the text that it is, for evidence hides nothing.</summary>
    private static JsonElement Parsed(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(json);
        }
    }

    /// <summary>What runs in one place.</summary>
    private sealed record Live(string Application, Stage Stage, string Cluster, string Image, DateTimeOffset? Since, string BatchNumber);
}

using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace DevopsCd.Core.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "applications",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    name = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    app_type = table.Column<string>(type: "TEXT", nullable: false),
                    repository = table.Column<string>(type: "TEXT", nullable: true),
                    default_branch = table.Column<string>(type: "TEXT", nullable: false),
                    depends_on = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_applications", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "batch_events",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    batch_id = table.Column<long>(type: "INTEGER", nullable: true),
                    batch_correlation_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    @event = table.Column<string>(name: "event", type: "TEXT", nullable: false),
                    outcome = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    from_state = table.Column<string>(type: "TEXT", nullable: true),
                    to_state = table.Column<string>(type: "TEXT", nullable: true),
                    @operator = table.Column<string>(name: "operator", type: "TEXT", nullable: false),
                    source = table.Column<string>(type: "TEXT", nullable: false),
                    reason = table.Column<string>(type: "TEXT", nullable: true),
                    refusal_kind = table.Column<string>(type: "TEXT", maxLength: 16, nullable: true),
                    message_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    request_hash = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    detail = table.Column<string>(type: "TEXT", nullable: true),
                    version = table.Column<int>(type: "INTEGER", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_batch_events", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "batches",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    correlation_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    batch_number = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    title = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    project = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    initiator = table.Column<string>(type: "TEXT", nullable: false),
                    status = table.Column<short>(type: "INTEGER", nullable: false),
                    approved_by = table.Column<string>(type: "TEXT", nullable: true),
                    approved_at = table.Column<long>(type: "INTEGER", nullable: true),
                    approved_content_hash = table.Column<string>(type: "TEXT", nullable: true),
                    rejected_reason = table.Column<string>(type: "TEXT", nullable: true),
                    tagged_by = table.Column<string>(type: "TEXT", nullable: true),
                    tagged_at = table.Column<long>(type: "INTEGER", nullable: true),
                    pre_deploy_started_at = table.Column<long>(type: "INTEGER", nullable: true),
                    pre_deploy_finished_at = table.Column<long>(type: "INTEGER", nullable: true),
                    prod_deploy_started_at = table.Column<long>(type: "INTEGER", nullable: true),
                    prod_deploy_finished_at = table.Column<long>(type: "INTEGER", nullable: true),
                    final_accepted_by = table.Column<string>(type: "TEXT", nullable: true),
                    final_accepted_at = table.Column<long>(type: "INTEGER", nullable: true),
                    cancelled_by = table.Column<string>(type: "TEXT", nullable: true),
                    cancelled_at = table.Column<long>(type: "INTEGER", nullable: true),
                    cancel_reason = table.Column<string>(type: "TEXT", nullable: true),
                    cancel_requested = table.Column<bool>(type: "INTEGER", nullable: false),
                    pre_attempt = table.Column<int>(type: "INTEGER", nullable: false),
                    prod_attempt = table.Column<int>(type: "INTEGER", nullable: false),
                    auto_deploy_blocked = table.Column<bool>(type: "INTEGER", nullable: false),
                    last_failure = table.Column<string>(type: "TEXT", nullable: true),
                    prod_dirty = table.Column<bool>(type: "INTEGER", nullable: false),
                    stage_deadline_at = table.Column<long>(type: "INTEGER", nullable: true),
                    prod_plan = table.Column<string>(type: "TEXT", nullable: true),
                    prod_planned_at = table.Column<long>(type: "INTEGER", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_batches", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "counters",
                columns: table => new
                {
                    name = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    value = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_counters", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "inbox_state",
                columns: table => new
                {
                    message_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    consumer_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    received = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_inbox_state", x => new { x.message_id, x.consumer_id });
                });

            migrationBuilder.CreateTable(
                name: "notification_limits",
                columns: table => new
                {
                    address = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    sends = table.Column<string>(type: "TEXT", nullable: false),
                    blocked_until = table.Column<long>(type: "INTEGER", nullable: true),
                    version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_notification_limits", x => x.address);
                });

            migrationBuilder.CreateTable(
                name: "notifications",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    notice_key = table.Column<string>(type: "TEXT", maxLength: 300, nullable: false),
                    channel = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    batch_id = table.Column<long>(type: "INTEGER", nullable: true),
                    kind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    stage = table.Column<string>(type: "TEXT", maxLength: 8, nullable: true),
                    payload = table.Column<string>(type: "TEXT", nullable: false),
                    status = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    tries = table.Column<int>(type: "INTEGER", nullable: false),
                    next_attempt_at = table.Column<long>(type: "INTEGER", nullable: false),
                    lease = table.Column<Guid>(type: "TEXT", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    sent_at = table.Column<long>(type: "INTEGER", nullable: true),
                    carried_by = table.Column<long>(type: "INTEGER", nullable: true),
                    last_error = table.Column<string>(type: "TEXT", nullable: true),
                    response = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_notifications", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "outbox_message",
                columns: table => new
                {
                    outbox_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    sequence_number = table.Column<long>(type: "INTEGER", nullable: false),
                    message_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    conversation_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    correlation_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    initiator_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    request_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    source_address = table.Column<string>(type: "TEXT", nullable: true),
                    destination_address = table.Column<string>(type: "TEXT", nullable: true),
                    response_address = table.Column<string>(type: "TEXT", nullable: true),
                    fault_address = table.Column<string>(type: "TEXT", nullable: true),
                    content_type = table.Column<string>(type: "TEXT", nullable: false),
                    message_type = table.Column<string>(type: "TEXT", nullable: false),
                    headers = table.Column<string>(type: "TEXT", nullable: true),
                    properties = table.Column<string>(type: "TEXT", nullable: true),
                    body = table.Column<string>(type: "TEXT", nullable: false),
                    sent_time = table.Column<DateTime>(type: "TEXT", nullable: false),
                    expiration_time = table.Column<DateTime>(type: "TEXT", nullable: true),
                    enqueue_time = table.Column<DateTime>(type: "TEXT", nullable: true),
                    locked_until = table.Column<DateTime>(type: "TEXT", nullable: false),
                    inbox_message_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    inbox_consumer_id = table.Column<Guid>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_outbox_message", x => new { x.outbox_id, x.sequence_number });
                });

            migrationBuilder.CreateTable(
                name: "outbox_state",
                columns: table => new
                {
                    outbox_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    sequence_number = table.Column<long>(type: "INTEGER", nullable: false),
                    message_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    created = table.Column<DateTime>(type: "TEXT", nullable: false),
                    delivery_count = table.Column<int>(type: "INTEGER", nullable: false),
                    parked = table.Column<DateTime>(type: "TEXT", nullable: true),
                    reason = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_outbox_state", x => new { x.outbox_id, x.sequence_number });
                });

            migrationBuilder.CreateTable(
                name: "parked_actions",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    parked_id = table.Column<long>(type: "INTEGER", nullable: false),
                    action = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    done = table.Column<bool>(type: "INTEGER", nullable: false),
                    @operator = table.Column<string>(name: "operator", type: "TEXT", nullable: false),
                    detail = table.Column<string>(type: "TEXT", nullable: true),
                    at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_parked_actions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "parked_messages",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    received_at = table.Column<long>(type: "INTEGER", nullable: false),
                    queue = table.Column<string>(type: "TEXT", nullable: false),
                    exchange = table.Column<string>(type: "TEXT", nullable: true),
                    message_type = table.Column<string>(type: "TEXT", nullable: true),
                    message_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    content_type = table.Column<string>(type: "TEXT", nullable: true),
                    headers = table.Column<string>(type: "TEXT", nullable: false),
                    body = table.Column<byte[]>(type: "BLOB", nullable: false),
                    body_size = table.Column<long>(type: "INTEGER", nullable: false),
                    truncated = table.Column<bool>(type: "INTEGER", nullable: false),
                    reason = table.Column<string>(type: "TEXT", nullable: false),
                    status = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    resolved_by = table.Column<string>(type: "TEXT", nullable: true),
                    resolved_at = table.Column<long>(type: "INTEGER", nullable: true),
                    resolution = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_parked_messages", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "webhook_deliveries",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    source = table.Column<string>(type: "TEXT", nullable: false),
                    delivery_id = table.Column<string>(type: "TEXT", nullable: false),
                    received_at = table.Column<long>(type: "INTEGER", nullable: false),
                    headers = table.Column<string>(type: "TEXT", nullable: false),
                    body = table.Column<byte[]>(type: "BLOB", nullable: false),
                    body_hash = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    status = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    outcome = table.Column<string>(type: "TEXT", nullable: true),
                    attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    next_attempt_at = table.Column<long>(type: "INTEGER", nullable: false),
                    processed_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_webhook_deliveries", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "application_targets",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    application_id = table.Column<long>(type: "INTEGER", nullable: false),
                    stage = table.Column<string>(type: "TEXT", maxLength: 8, nullable: false),
                    cluster = table.Column<string>(type: "TEXT", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "TEXT", nullable: false),
                    workload_kind = table.Column<string>(type: "TEXT", nullable: false),
                    workload_name = table.Column<string>(type: "TEXT", nullable: false),
                    container = table.Column<string>(type: "TEXT", nullable: true),
                    strategy = table.Column<string>(type: "TEXT", nullable: false),
                    strategy_settings = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_application_targets", x => x.id);
                    table.ForeignKey(
                        name: "fk_application_targets_applications_application_id",
                        column: x => x.application_id,
                        principalTable: "applications",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "builds",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    application_name = table.Column<string>(type: "TEXT", nullable: false),
                    application_id = table.Column<long>(type: "INTEGER", nullable: true),
                    build_number = table.Column<string>(type: "TEXT", nullable: false),
                    run_number = table.Column<string>(type: "TEXT", nullable: false, defaultValue: ""),
                    attempt = table.Column<int>(type: "INTEGER", nullable: false, defaultValue: 1),
                    revision = table.Column<int>(type: "INTEGER", nullable: false, defaultValue: 1),
                    branch = table.Column<string>(type: "TEXT", nullable: false),
                    commit_id = table.Column<string>(type: "TEXT", nullable: false),
                    commit_message = table.Column<string>(type: "TEXT", nullable: true),
                    commit_author = table.Column<string>(type: "TEXT", nullable: true),
                    image_name = table.Column<string>(type: "TEXT", nullable: false),
                    image_tag = table.Column<string>(type: "TEXT", nullable: false),
                    image_digest = table.Column<string>(type: "TEXT", nullable: true),
                    build_status = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    withdrawn = table.Column<bool>(type: "INTEGER", nullable: false, defaultValue: false),
                    superseded = table.Column<bool>(type: "INTEGER", nullable: false, defaultValue: false),
                    source = table.Column<string>(type: "TEXT", nullable: true),
                    link = table.Column<string>(type: "TEXT", nullable: true),
                    finished_at = table.Column<long>(type: "INTEGER", nullable: true),
                    last_word_at = table.Column<long>(type: "INTEGER", nullable: true),
                    ordered_at = table.Column<long>(type: "INTEGER", nullable: false),
                    ordered_by = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false, defaultValue: "finish_time"),
                    received_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_builds", x => x.id);
                    table.ForeignKey(
                        name: "fk_builds_applications_application_id",
                        column: x => x.application_id,
                        principalTable: "applications",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "batch_releases",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    batch_id = table.Column<long>(type: "INTEGER", nullable: false),
                    app_id = table.Column<long>(type: "INTEGER", nullable: false),
                    branch = table.Column<string>(type: "TEXT", nullable: false),
                    build_id = table.Column<long>(type: "INTEGER", nullable: true),
                    latest_build_id = table.Column<long>(type: "INTEGER", nullable: true),
                    pinned_by = table.Column<string>(type: "TEXT", nullable: true),
                    followed_branch = table.Column<string>(type: "TEXT", nullable: true),
                    image_name = table.Column<string>(type: "TEXT", nullable: true),
                    image_tag = table.Column<string>(type: "TEXT", nullable: true),
                    image_digest = table.Column<string>(type: "TEXT", nullable: true),
                    commit_id = table.Column<string>(type: "TEXT", nullable: true),
                    is_locked = table.Column<bool>(type: "INTEGER", nullable: false),
                    is_open = table.Column<bool>(type: "INTEGER", nullable: false, defaultValue: true),
                    depends_on = table.Column<string>(type: "TEXT", nullable: false),
                    sealed_targets = table.Column<string>(type: "TEXT", nullable: true),
                    pre_status = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    prod_status = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    status_reason = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_batch_releases", x => x.id);
                    table.ForeignKey(
                        name: "fk_batch_releases_applications_app_id",
                        column: x => x.app_id,
                        principalTable: "applications",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_batch_releases_batches_batch_id",
                        column: x => x.batch_id,
                        principalTable: "batches",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_batch_releases_builds_build_id",
                        column: x => x.build_id,
                        principalTable: "builds",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_batch_releases_builds_latest_build_id",
                        column: x => x.latest_build_id,
                        principalTable: "builds",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "deployments",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    operation_id = table.Column<string>(type: "TEXT", maxLength: 63, nullable: false),
                    batch_id = table.Column<long>(type: "INTEGER", nullable: false),
                    batch_correlation_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    release_id = table.Column<long>(type: "INTEGER", nullable: false),
                    application = table.Column<string>(type: "TEXT", nullable: false),
                    stage = table.Column<string>(type: "TEXT", maxLength: 8, nullable: false),
                    cluster = table.Column<string>(type: "TEXT", nullable: false),
                    attempt = table.Column<int>(type: "INTEGER", nullable: false),
                    status = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    tries = table.Column<int>(type: "INTEGER", nullable: false),
                    image = table.Column<string>(type: "TEXT", nullable: false),
                    target = table.Column<string>(type: "TEXT", nullable: false),
                    started_at = table.Column<long>(type: "INTEGER", nullable: false),
                    finished_at = table.Column<long>(type: "INTEGER", nullable: true),
                    deadline_at = table.Column<long>(type: "INTEGER", nullable: false),
                    next_action_at = table.Column<long>(type: "INTEGER", nullable: true),
                    claimed_until = table.Column<long>(type: "INTEGER", nullable: true),
                    may_run = table.Column<bool>(type: "INTEGER", nullable: false),
                    stop_requested = table.Column<bool>(type: "INTEGER", nullable: false),
                    stop_asked_at = table.Column<long>(type: "INTEGER", nullable: true),
                    accepted_at = table.Column<long>(type: "INTEGER", nullable: true),
                    reported_at = table.Column<long>(type: "INTEGER", nullable: true),
                    settled_at = table.Column<long>(type: "INTEGER", nullable: true),
                    error = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_deployments", x => x.id);
                    table.ForeignKey(
                        name: "fk_deployments_releases_release_id",
                        column: x => x.release_id,
                        principalTable: "batch_releases",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_application_targets_application_id_stage_cluster",
                table: "application_targets",
                columns: new[] { "application_id", "stage", "cluster" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_applications_name",
                table: "applications",
                column: "name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_batch_events_batch_id_id",
                table: "batch_events",
                columns: new[] { "batch_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_batch_events_message_id",
                table: "batch_events",
                column: "message_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_batch_releases_app_id",
                table: "batch_releases",
                column: "app_id",
                unique: true,
                filter: "is_open");

            migrationBuilder.CreateIndex(
                name: "ix_batch_releases_batch_id",
                table: "batch_releases",
                column: "batch_id",
                filter: "is_open AND NOT is_locked AND pinned_by IS NULL AND latest_build_id IS NOT NULL AND (build_id IS NULL OR build_id <> latest_build_id)");

            migrationBuilder.CreateIndex(
                name: "ix_batch_releases_batch_id_app_id",
                table: "batch_releases",
                columns: new[] { "batch_id", "app_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_batch_releases_build_id",
                table: "batch_releases",
                column: "build_id");

            migrationBuilder.CreateIndex(
                name: "ix_batch_releases_latest_build_id",
                table: "batch_releases",
                column: "latest_build_id");

            migrationBuilder.CreateIndex(
                name: "ix_batches_batch_number",
                table: "batches",
                column: "batch_number",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_batches_correlation_id",
                table: "batches",
                column: "correlation_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_batches_status_id",
                table: "batches",
                columns: new[] { "status", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_builds_application_id_branch_ordered_at_id",
                table: "builds",
                columns: new[] { "application_id", "branch", "ordered_at", "id" },
                descending: new[] { false, false, true, true },
                filter: "build_status = 'success' AND NOT superseded");

            migrationBuilder.CreateIndex(
                name: "ix_builds_application_name",
                table: "builds",
                column: "application_name",
                filter: "application_id IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_builds_application_name_branch_ordered_at",
                table: "builds",
                columns: new[] { "application_name", "branch", "ordered_at" },
                descending: new[] { false, false, true });

            migrationBuilder.CreateIndex(
                name: "ix_builds_application_name_build_number",
                table: "builds",
                columns: new[] { "application_name", "build_number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_builds_application_name_run_number",
                table: "builds",
                columns: new[] { "application_name", "run_number" });

            migrationBuilder.CreateIndex(
                name: "ix_deployments_application",
                table: "deployments",
                column: "application",
                filter: "may_run AND finished_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_deployments_batch_id_stage_attempt",
                table: "deployments",
                columns: new[] { "batch_id", "stage", "attempt" });

            migrationBuilder.CreateIndex(
                name: "ix_deployments_next_action_at",
                table: "deployments",
                column: "next_action_at",
                filter: "next_action_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_deployments_operation_id",
                table: "deployments",
                column: "operation_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_deployments_release_id",
                table: "deployments",
                column: "release_id");

            migrationBuilder.CreateIndex(
                name: "ix_inbox_state_received",
                table: "inbox_state",
                column: "received");

            migrationBuilder.CreateIndex(
                name: "ix_notifications_batch_id_id",
                table: "notifications",
                columns: new[] { "batch_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_notifications_channel_batch_id_id",
                table: "notifications",
                columns: new[] { "channel", "batch_id", "id" },
                filter: "status in ('pending', 'sending')");

            migrationBuilder.CreateIndex(
                name: "ix_notifications_channel_next_attempt_at",
                table: "notifications",
                columns: new[] { "channel", "next_attempt_at" },
                filter: "status in ('pending', 'sending')");

            migrationBuilder.CreateIndex(
                name: "ix_notifications_notice_key_channel",
                table: "notifications",
                columns: new[] { "notice_key", "channel" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_outbox_message_locked_until",
                table: "outbox_message",
                column: "locked_until");

            migrationBuilder.CreateIndex(
                name: "ix_parked_actions_parked_id_id",
                table: "parked_actions",
                columns: new[] { "parked_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_parked_messages_message_id",
                table: "parked_messages",
                column: "message_id");

            migrationBuilder.CreateIndex(
                name: "ix_parked_messages_status_id",
                table: "parked_messages",
                columns: new[] { "status", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_webhook_deliveries_id",
                table: "webhook_deliveries",
                column: "id",
                filter: "status = 'pending'");

            migrationBuilder.CreateIndex(
                name: "ix_webhook_deliveries_processed_at",
                table: "webhook_deliveries",
                column: "processed_at");

            migrationBuilder.CreateIndex(
                name: "ix_webhook_deliveries_source_delivery_id_body_hash",
                table: "webhook_deliveries",
                columns: new[] { "source", "delivery_id", "body_hash" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "application_targets");

            migrationBuilder.DropTable(
                name: "batch_events");

            migrationBuilder.DropTable(
                name: "counters");

            migrationBuilder.DropTable(
                name: "deployments");

            migrationBuilder.DropTable(
                name: "inbox_state");

            migrationBuilder.DropTable(
                name: "notification_limits");

            migrationBuilder.DropTable(
                name: "notifications");

            migrationBuilder.DropTable(
                name: "outbox_message");

            migrationBuilder.DropTable(
                name: "outbox_state");

            migrationBuilder.DropTable(
                name: "parked_actions");

            migrationBuilder.DropTable(
                name: "parked_messages");

            migrationBuilder.DropTable(
                name: "webhook_deliveries");

            migrationBuilder.DropTable(
                name: "batch_releases");

            migrationBuilder.DropTable(
                name: "batches");

            migrationBuilder.DropTable(
                name: "builds");

            migrationBuilder.DropTable(
                name: "applications");
        }
    }
}

using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace DevopsCd.Core.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class LiveVersions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "live_versions",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    application_id = table.Column<long>(type: "bigint", nullable: false),
                    stage = table.Column<string>(type: "character varying(8)", maxLength: 8, nullable: false),
                    cluster = table.Column<string>(type: "text", nullable: false),
                    operation_id = table.Column<string>(type: "character varying(63)", maxLength: 63, nullable: false),
                    batch_id = table.Column<long>(type: "bigint", nullable: false),
                    image = table.Column<string>(type: "text", nullable: false),
                    build_id = table.Column<long>(type: "bigint", nullable: true),
                    since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    target = table.Column<string>(type: "text", nullable: true),
                    asked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    seen_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    drift = table.Column<string>(type: "text", nullable: true),
                    drift_since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_live_versions", x => x.id);
                    table.ForeignKey(
                        name: "fk_live_versions_applications_application_id",
                        column: x => x.application_id,
                        principalTable: "applications",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_live_versions_builds_build_id",
                        column: x => x.build_id,
                        principalTable: "builds",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_live_versions_application_id_stage_cluster",
                table: "live_versions",
                columns: new[] { "application_id", "stage", "cluster" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_live_versions_build_id",
                table: "live_versions",
                column: "build_id");

            // What runs now is known from the deployments that are there: the last one of each place that has succeeded.
            migrationBuilder.Sql("""
                INSERT INTO live_versions (application_id, stage, cluster, operation_id, batch_id, image, build_id, since, target)
                SELECT r.app_id, CASE WHEN d.stage = 'pre' THEN 'pre' ELSE 'prod' END, d.cluster, d.operation_id, d.batch_id, d.image,
                    CASE WHEN d.stage = 'rollback' THEN NULL ELSE r.build_id END, COALESCE(d.finished_at, d.started_at),
                    CASE WHEN d.reverts IS NOT NULL AND d.previous_image IS NULL THEN NULL ELSE d.target END
                FROM deployments d JOIN batch_releases r ON r.id = d.release_id
                WHERE d.id IN (SELECT MAX(x.id) FROM deployments x JOIN batch_releases y ON y.id = x.release_id WHERE x.status = 'succeeded'
                    GROUP BY y.app_id, CASE WHEN x.stage = 'pre' THEN 'pre' ELSE 'prod' END, x.cluster);
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "live_versions");
        }
    }
}

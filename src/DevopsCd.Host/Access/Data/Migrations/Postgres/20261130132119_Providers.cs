using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace DevopsCd.Host.Access.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Providers : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "groups",
                table: "access_tokens");

            migrationBuilder.AddColumn<Guid>(
                name: "account_id",
                table: "access_sessions",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "provider_person",
                table: "access_sessions",
                type: "character varying(64)",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "provider_session",
                table: "access_sessions",
                type: "character varying(256)",
                maxLength: 256,
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "provider_tokens",
                table: "access_sessions",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "refresh_at",
                table: "access_sessions",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "slot",
                table: "access_invitations",
                type: "character varying(16)",
                maxLength: 16,
                nullable: true);

            migrationBuilder.AddColumn<string[]>(
                name: "groups",
                table: "access_accounts",
                type: "text[]",
                nullable: false,
                defaultValue: new string[0]);

            migrationBuilder.AddColumn<bool>(
                name: "is_shut_out",
                table: "access_accounts",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "seen_at",
                table: "access_accounts",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "access_device_logins",
                columns: table => new
                {
                    id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    user_code = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    client = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    address = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    made_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    polled_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    decided_by = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: true),
                    is_approved = table.Column<bool>(type: "boolean", nullable: true),
                    used_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_access_device_logins", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_access_sessions_account_id",
                table: "access_sessions",
                column: "account_id");

            migrationBuilder.CreateIndex(
                name: "ix_access_sessions_provider_person",
                table: "access_sessions",
                column: "provider_person");

            migrationBuilder.CreateIndex(
                name: "ix_access_sessions_refresh_at",
                table: "access_sessions",
                column: "refresh_at");

            migrationBuilder.CreateIndex(
                name: "ix_access_invitations_slot",
                table: "access_invitations",
                column: "slot",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_access_device_logins_expires_at",
                table: "access_device_logins",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "ix_access_device_logins_user_code",
                table: "access_device_logins",
                column: "user_code",
                unique: true);

            migrationBuilder.AddForeignKey(
                name: "fk_access_sessions_access_accounts_account_id",
                table: "access_sessions",
                column: "account_id",
                principalTable: "access_accounts",
                principalColumn: "id",
                onDelete: ReferentialAction.Cascade);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "fk_access_sessions_access_accounts_account_id",
                table: "access_sessions");

            migrationBuilder.DropTable(
                name: "access_device_logins");

            migrationBuilder.DropIndex(
                name: "ix_access_sessions_account_id",
                table: "access_sessions");

            migrationBuilder.DropIndex(
                name: "ix_access_sessions_provider_person",
                table: "access_sessions");

            migrationBuilder.DropIndex(
                name: "ix_access_sessions_refresh_at",
                table: "access_sessions");

            migrationBuilder.DropIndex(
                name: "ix_access_invitations_slot",
                table: "access_invitations");

            migrationBuilder.DropColumn(
                name: "account_id",
                table: "access_sessions");

            migrationBuilder.DropColumn(
                name: "provider_person",
                table: "access_sessions");

            migrationBuilder.DropColumn(
                name: "provider_session",
                table: "access_sessions");

            migrationBuilder.DropColumn(
                name: "provider_tokens",
                table: "access_sessions");

            migrationBuilder.DropColumn(
                name: "refresh_at",
                table: "access_sessions");

            migrationBuilder.DropColumn(
                name: "slot",
                table: "access_invitations");

            migrationBuilder.DropColumn(
                name: "groups",
                table: "access_accounts");

            migrationBuilder.DropColumn(
                name: "is_shut_out",
                table: "access_accounts");

            migrationBuilder.DropColumn(
                name: "seen_at",
                table: "access_accounts");

            migrationBuilder.AddColumn<string[]>(
                name: "groups",
                table: "access_tokens",
                type: "text[]",
                nullable: false,
                defaultValue: new string[0]);
        }
    }
}

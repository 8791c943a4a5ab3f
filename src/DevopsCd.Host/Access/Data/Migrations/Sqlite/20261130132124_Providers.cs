using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace DevopsCd.Host.Access.Data.Migrations.Sqlite
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
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "provider_person",
                table: "access_sessions",
                type: "TEXT",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "provider_session",
                table: "access_sessions",
                type: "TEXT",
                maxLength: 256,
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "provider_tokens",
                table: "access_sessions",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "refresh_at",
                table: "access_sessions",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "slot",
                table: "access_invitations",
                type: "TEXT",
                maxLength: 16,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "groups",
                table: "access_accounts",
                type: "TEXT",
                nullable: false,
                defaultValue: "[]");

            migrationBuilder.AddColumn<bool>(
                name: "is_shut_out",
                table: "access_accounts",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "seen_at",
                table: "access_accounts",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "access_device_logins",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    user_code = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    client = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    address = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    made_at = table.Column<long>(type: "INTEGER", nullable: false),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: false),
                    polled_at = table.Column<long>(type: "INTEGER", nullable: true),
                    decided_by = table.Column<string>(type: "TEXT", maxLength: 256, nullable: true),
                    is_approved = table.Column<bool>(type: "INTEGER", nullable: true),
                    used_at = table.Column<long>(type: "INTEGER", nullable: true)
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

            migrationBuilder.AddColumn<string>(
                name: "groups",
                table: "access_tokens",
                type: "TEXT",
                nullable: false,
                defaultValue: "");
        }
    }
}

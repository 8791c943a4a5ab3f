using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace DevopsCd.Host.Access.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class UsedProofs : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "access_used_proofs",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_access_used_proofs", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_access_used_proofs_expires_at",
                table: "access_used_proofs",
                column: "expires_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "access_used_proofs");
        }
    }
}

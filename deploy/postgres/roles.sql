-- Makes the two roles and the schema of AccountGrid, before the first migration. Run as a superuser (or a role that may create roles) in the database:
--
--   psql -d accountgrid -v owner=accountgrid_owner -v service=accountgrid_service -v schema=accountgrid -f roles.sql
--
-- Orleans' tables (membership, snapshots) lie in a second schema beside it, with _orleans added to the name.
-- May be run again. Passwords are set apart, so that none stands in a file:  \password accountgrid_service
\set ON_ERROR_STOP on
\if :{?owner}
\else
    \set owner accountgrid_owner
\endif
\if :{?service}
\else
    \set service accountgrid_service
\endif
\if :{?schema}
\else
    \set schema accountgrid
\endif

SELECT format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION', name)
FROM (VALUES (:'owner'), (:'service')) AS wanted (name)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

-- Who may connect at all, and the schema, which the owner alone may change. What the service may do in it is granted by each migration.
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database())
\gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO %I, %I', current_database(), :'owner', :'service')
\gexec
\set orleans :schema _orleans
SELECT format('CREATE SCHEMA %I AUTHORIZATION %I', name, :'owner')
FROM (VALUES (:'schema'), (:'orleans')) AS wanted (name)
WHERE NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = name)
\gexec
REVOKE ALL ON SCHEMA :"schema", :"orleans" FROM PUBLIC;
GRANT USAGE ON SCHEMA :"schema", :"orleans" TO :"service";

-- An answer is sent only after its commit is on disk, whatever the server's default; the store demands it too.
ALTER ROLE :"owner" SET synchronous_commit = on;
ALTER ROLE :"service" SET synchronous_commit = on;

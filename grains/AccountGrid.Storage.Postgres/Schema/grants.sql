-- What the service may do, after every migration: {service} is its role. It can neither change nor remove a row of the journal or a checkpoint.
GRANT USAGE ON SCHEMA {schema} TO {service};
REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {service};
GRANT SELECT ON schema_version TO {service};
GRANT SELECT, INSERT ON journal, checkpoint, mac_boundary TO {service};
GRANT SELECT, INSERT, UPDATE ON account_index, operator_index, follower_count, checkpoint_frontier TO {service};
GRANT SELECT, INSERT, DELETE ON follower TO {service};
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {schema} FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {schema} TO {service};

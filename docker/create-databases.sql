-- Run once, when the volume of PostgreSQL is empty. The database of the service itself is made from POSTGRES_DB.
CREATE DATABASE fhir;

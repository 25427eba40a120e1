"""Operations: what whoever runs an installation does about its queues, whichever tenant the work was for."""
